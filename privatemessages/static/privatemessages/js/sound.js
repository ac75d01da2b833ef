/** One short, soft tone of its own making. */

const PATIENCE = 300; // ms for the browser to let it sound
const LENGTH = 0.4; // s
const VOLUME = 0.08; // of 1
const NOTES = [659.26, 987.77]; // Hz, one after the other
const STEP = 0.09; // s

/** Quiet where nobody has touched the page yet: browsers allow no sound before that. */
export async function chime() {
  if (!("AudioContext" in globalThis)) return;
  const context = new AudioContext();
  if (await isAllowed(context)) await play(context);
  await context.close();
}

/** What is refused waits for ever, or is refused in words. @param {AudioContext} context */
async function isAllowed(context) {
  try {
    await Promise.race([context.resume(), pause(PATIENCE)]);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
  return context.state === "running";
}

/** @param {AudioContext} context */
async function play(context) {
  NOTES.forEach((frequency, index) => sound(context, frequency, context.currentTime + index * STEP));
  await pause((NOTES.length * STEP + LENGTH) * 1000);
}

/** @param {AudioContext} context @param {number} frequency @param {number} start */
function sound(context, frequency, start) {
  const [note, volume] = [new OscillatorNode(context, { frequency }), new GainNode(context, { gain: 0 })];
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(VOLUME, start + 0.01);
  volume.gain.exponentialRampToValueAtTime(VOLUME / 1000, start + LENGTH);
  note.connect(volume).connect(context.destination);
  note.start(start);
  note.stop(start + LENGTH);
}

/** @param {number} wait  ms */
function pause(wait) {
  return new Promise((done) => setTimeout(done, wait));
}
