/* Plays a stream of steps to the store, with a server that knows the history, and tells the end. */
async ({ total, start, at, steps, deaf, raw }) => {
  const { begin, reduce } = await import("/store.js");
  const { PAGE_SIZE } = await import("/answers.js");
  const { counts, spokenOf, timeline } = await import("/timeline.js");

  const CHANGES_LIMIT = 60;
  const ROUNDS = 20;
  const senders = [{ id: "1", name: "me" }, { id: "2", name: "other" }, { id: "3", name: "third" }];
  const sender = (seq) => senders[(seq * 7) % 3];
  const isEvent = (seq) => seq % 10 === 7;
  const kind = (seq) => (isEvent(seq) ? "event" : seq % 10 === 8 ? "action" : "text");
  const spoken = (seq) => ({
    type: "message", thread: 1, sender: sender(seq), id: `id ${seq}`, kind: kind(seq), text: `text ${seq}`,
    sent_at: 1000 * seq, reply_to: null, seq: null, version: null,
  });
  const stored = (seq) => ({ ...spoken(seq), seq, version: seq });
  const place = (seq) => ({ sender: sender(seq).id, id: `id ${seq}`, seq });
  const ghost = (number) => ({ ...spoken(number), id: `ghost ${number}`, text: `ghost ${number}` });
  const range = (from, to) => Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  const counted = (version) => {
    const written = range(cleared + 1, version).filter((seq) => !isEvent(seq));
    return { version, total: written.length, sent: written.filter((seq) => sender(seq).id === "1").length };
  };

  let now = Math.min(start, total); // the server's version
  let cleared = 0; // the server has nothing up to here any more
  const part = (first, last) => ({
    messages: range(Math.max(cleared + 1, first), Math.min(last, now)).map(stored), version: now, cleared,
    is_oldest: first <= cleared + 1, is_newest: last >= now,
  });
  const page = (last) => part(last - PAGE_SIZE + 1, last);
  const around = (seq) => page(Math.min(now, seq + PAGE_SIZE / 2));
  const answers = []; // on their way
  let state = begin({ ...(at ? around(at) : page(now)), counted: counted(now) });

  const apply = (event) => {
    if (!deaf.includes(event.type)) state = reduce(state, event);
  };
  const acts = {
    spoken: (seq) => isEvent(seq) || apply(spoken(seq)), // events are told when they are stored
    message: (seq) => apply(stored(seq)),
    stored: (seqs) => apply({ type: "stored", thread: 1, messages: seqs.filter((seq) => !isEvent(seq)).map(place) }),
    clear: () => now < total && (cleared = now++), // the entry that tells of it stays
    thread: () => apply({ type: "thread", thread: 1, version: now, cleared }),
    refused: (seq) => apply({ type: "refused", thread: 1, sender: sender(seq).id, id: `id ${seq}`, code: "may_not_post" }),
    ghostSpoken: (number) => apply(ghost(number)),
    ghostRefused: (number) => apply({ type: "refused", thread: 1, sender: sender(number).id, id: `ghost ${number}` }),
    head: (version) => apply({ type: "head", version }),
    grow: (version) => (now = Math.max(now, Math.min(version, total))),
    ask: () => answers.push(changes()),
    askFresh: () => answers.push(fresh()),
    askOlder: () => state.atStart || answers.push(older()),
    askNewer: () => state.atEnd || answers.push(newer()),
    trimOlder: (count) => trim({ from: window()[count]?.seq ?? 0 }),
    trimNewer: (count) => trim({ to: window().at(-1 - count)?.seq ?? Infinity }),
    answer: () => answers.length && apply(answers.shift()),
    answerLast: () => answers.length && apply(answers.pop()),
    doubt: () => apply({ type: "doubt" }),
    settle: () => apply({ type: "settle" }),
    bogus: () => apply({ type: "constructor" }),
  };
  const changes = () => {
    const since = state.version;
    const missing = range(Math.max(since, cleared) + 1, now).map(stored);
    const complete = since <= now && missing.length <= CHANGES_LIMIT;
    return complete ? { type: "changes", asked: state.told, messages: missing, version: now, cleared, complete } : fresh();
  };
  const fresh = () => ({ type: "fresh", asked: state.told, counted: counted(now), ...(state.atEnd ? page(now) : around(state.newest)) });
  const older = () => ({ type: "older", before: state.oldest, ...page(state.oldest - 1) });
  const newer = () => ({ type: "newer", after: state.newest, ...part(state.newest + 1, state.newest + PAGE_SIZE) });
  const window = () => timeline(state).filter((entry) => entry.seq !== null);
  const trim = (event) => apply({ type: "trim", me: "1", ...event });

  // Frames about messages that will never be stored are lies, which no server tells.
  const limit = raw ? Infinity : total;
  const possible = (value) => [value].flat().every((seq) => seq <= limit);
  for (const [name, value] of steps) {
    if (/^(ghost|trim)/.test(name) || value === undefined || possible(value)) acts[name](value);
  }

  if (!raw) {
    now = total;
    while (answers.length) acts.answer();
    acts.doubt();
    acts.head(total);
    for (let round = 0; state.behind && round < ROUNDS; round += 1) {
      acts.ask();
      acts.answer();
    }
    acts.settle();
  }
  const told = (entry) => [entry.seq, entry.text];
  const end = {
    version: state.version, behind: state.behind, atStart: state.atStart,
    atEnd: state.atEnd, shown: window().map(told), spoken: spokenOf(state).map((entry) => entry.text), cleared,
    counts: counts(state, "1").total + " " + counts(state, "1").sent,
    trueCounts: counted(total).total + " " + counted(total).sent,
  };
  for (let round = 0; !state.atStart && round < ROUNDS; round += 1) {
    acts.askOlder();
    acts.answer();
  }
  for (let round = 0; !state.atEnd && round < ROUNDS; round += 1) {
    acts.askNewer();
    acts.answer();
  }
  return { ...end, whole: timeline(state).filter((entry) => entry.seq !== null).map(told) };
}
