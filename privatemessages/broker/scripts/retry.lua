-- Puts what was set aside back into the outbox, behind all that is there by now.
-- KEYS: outbox, ids, dead
-- ARGV: entry, identity ('' where it cannot be read)
-- Returns 1; 0 if this message came again by itself and is in the outbox; -1 if it was gone already.
local found = redis.call('XRANGE', KEYS[3], ARGV[1], ARGV[1])[1]
if not found then
    return -1
end
local fields = {}
for index = 1, #found[2], 2 do
    fields[found[2][index]] = found[2][index + 1]
end
local is_there = ARGV[2] ~= '' and redis.call('HEXISTS', KEYS[2], ARGV[2]) == 1
if not is_there then
    -- XADD comes first: a full Redis refuses the first write of a script, and nothing has changed then.
    local entry = redis.call('XADD', KEYS[1], '*', 'thread', fields['thread'], 'frame', fields['frame'])
    if ARGV[2] ~= '' then
        redis.call('HSET', KEYS[2], ARGV[2], entry)
    end
end
redis.call('XDEL', KEYS[3], ARGV[1])
return is_there and 0 or 1
