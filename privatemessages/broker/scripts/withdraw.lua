-- Takes one message out of the outbox, whatever would have become of it.
-- KEYS: outbox, ids
-- ARGV: identity
-- Returns 1, or 0 if it was not there.
local entry = redis.call('HGET', KEYS[2], ARGV[1])
if not entry then
    return 0
end
redis.call('XDEL', KEYS[1], entry)
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
