-- Takes the lease if it is free, renews it if it is mine.
-- KEYS: lease
-- ARGV: holder, duration in ms
-- Returns 1 if it is mine now.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
    return 0
end
-- Deleting first lets SET through in a full Redis: the outbox must drain exactly then.
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
