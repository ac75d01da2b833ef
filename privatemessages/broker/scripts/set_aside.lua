-- Moves one entry out of the way of the rest.
-- KEYS: outbox, ids, dead
-- ARGV: entry, identity, thread id, frame, reason, how many are kept
-- Returns 1, or 0 if it was gone already.
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then
    return 0
end
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[6], '*',
    'thread', ARGV[3], 'frame', ARGV[4], 'reason', ARGV[5])
return 1
