-- Takes answered entries out of the outbox, and their notes with them.
-- KEYS: outbox, ids
-- ARGV: entry, identity, entry, identity, ...
-- Returns how many were still there.
local taken = 0
for index = 1, #ARGV, 2 do
    taken = taken + redis.call('XDEL', KEYS[1], ARGV[index])
    -- A late answer must not take the note of a newer entry with the same identity.
    if redis.call('HGET', KEYS[2], ARGV[index + 1]) == ARGV[index] then
        redis.call('HDEL', KEYS[2], ARGV[index + 1])
    end
end
return taken
