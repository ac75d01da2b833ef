-- Begins an epoch where there is none, or where there is only the one to be left.
-- KEYS: epoch
-- ARGV: the epoch to be left ('' for none), the one to begin
-- Returns the epoch of now.
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then
    return held
end
-- Deleting first lets SET through in a full Redis: what is there must be acknowledged all the same.
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], ARGV[2])
return ARGV[2]
