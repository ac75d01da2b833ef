/** The page's icon with a number on it: the site's own one, or a mere dot where that cannot be drawn. */

const SIZE = 64; // px, of the icon
const DOT = 42; // px
const MOST = 9; // what can be read at such a size
const COLOUR = "#c62828";

export class Badge {
  #count = 0;
  #icons = /** @type {HTMLLinkElement[]} */ ([...document.querySelectorAll("link[rel~=icon]")]);
  #image = load(this.#icons.at(-1)?.href);
  #link = Object.assign(document.createElement("link"), { rel: "icon", type: "image/png" });

  /** @param {number} count  0 gives the site its icon back */
  async show(count) {
    this.#count = count;
    const image = await this.#image;
    if (count === this.#count) this.#put(count ? draw(image, count) : "");
  }

  /** Browsers choose among several, so there is only one. @param {string} url */
  #put(url) {
    this.#link.remove();
    if (url) this.#icons.forEach((icon) => icon.remove());
    else if (!this.#icons[0]?.isConnected) document.head.append(...this.#icons);
    if (url) document.head.append(Object.assign(this.#link, { href: url }));
  }
}

/** A foreign one that may not be read would spoil the canvas: it does not load at all. @param {string} [href] */
async function load(href) {
  if (!href) return null;
  const image = Object.assign(new Image(SIZE, SIZE), { crossOrigin: "anonymous", src: href });
  try {
    await image.decode();
    return image;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/** @param {HTMLImageElement | null} image @param {number} count @returns {string} empty where nothing can be drawn */
function draw(image, count) {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIZE, height: SIZE });
  const context = canvas.getContext("2d");
  if (!context) return "";
  if (image) context.drawImage(image, 0, 0, SIZE, SIZE);
  drawDot(context, image ? DOT : SIZE, count > MOST ? `${MOST}+` : String(count));
  return canvas.toDataURL();
}

/** In the lower corner. @param {CanvasRenderingContext2D} context @param {number} size @param {string} words */
function drawDot(context, size, words) {
  const [middle, radius] = [SIZE - size / 2, size / 2];
  context.fillStyle = COLOUR;
  context.beginPath();
  context.arc(middle, middle, radius, 0, 2 * Math.PI);
  context.fill();
  Object.assign(context, { fillStyle: "#fff", textAlign: "center", textBaseline: "middle" });
  context.font = `bold ${size * (words.length > 1 ? 0.6 : 0.75)}px sans-serif`;
  context.fillText(words, middle, middle + size * 0.05);
}
