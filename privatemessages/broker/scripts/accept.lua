-- Puts a spoken message into the outbox and publishes it, once.
-- KEYS: outbox, ids, the thread's channel, the wake channel, epoch
-- ARGV: identity, thread id, frame, the epoch that the worker knows, PUBLISH or SPUBLISH
-- Returns 1; 0 if this message is in the outbox already; -1 if this Redis has forgotten the epoch,
-- and with it perhaps an earlier message of the same sender, which must come again first.
if redis.call('GET', KEYS[5]) ~= ARGV[4] then
    return -1
end
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then
    return 0
end
-- XADD comes first: a full Redis refuses the first write of a script, and nothing has changed then.
local entry = redis.call('XADD', KEYS[1], '*', 'thread', ARGV[2], 'frame', ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], entry)
redis.call(ARGV[5], KEYS[3], ARGV[3])
if redis.call('XLEN', KEYS[1]) == 1 then
    redis.call(ARGV[5], KEYS[4], '')
end
return 1
