import { crc32, deflateSync } from "node:zlib";
import { entriesOf, type Images } from "../numeric/index.ts";
import { type Html, html } from "./html.ts";

/** Longer sides are shown in so many pixels at least, pixels of the image as squares. */
const SIDE = 96;

/** An image of a row as a picture in the page. `alt` says what it is. */
export function picture({ shape, values }: Images, row: number, alt: string): Html {
  const { height, width, channels } = shape;
  const own = values.subarray(row * entriesOf(shape), (row + 1) * entriesOf(shape));
  const scale = own.some((value) => value > 1) ? 1 : 255;
  const bytes = Uint8Array.from(own, (value) => Math.max(0, Math.min(255, Math.round(scale * value))));
  return shown(png(bytes, height, width, channels), height, width, alt);
}

/** Parts of a score as they lie in an image, from white (none, or less) to red (the most). */
export function heatPicture(map: readonly (readonly number[])[], alt: string): Html {
  const most = Math.max(...map.flat(), Number.MIN_VALUE);
  const shades = map.flat().map((part) => Math.round(255 * (1 - Math.max(0, part) / most)));
  const pixels = Uint8Array.from(shades.flatMap((shade) => [255 - Math.round((255 - shade) * 0.25), shade, shade]));
  return shown(png(pixels, map.length, map[0]?.length ?? 0, 3), map.length, map[0]?.length ?? 0, alt);
}

function shown(file: Buffer, height: number, width: number, alt: string): Html {
  const factor = Math.max(1, SIDE / Math.max(height, width, 1));
  const [high, wide] = [Math.round(factor * height), Math.round(factor * width)];
  return html`<img class="pixels" src="data:image/png;base64,${file.toString("base64")}" height="${high}" width="${wide}" alt="${alt}">`;
}

/** A PNG file of 8 bits a channel: gray or red, green, blue, row by row without filters. */
function png(pixels: Uint8Array, height: number, width: number, channels: number): Buffer {
  const row = width * channels;
  const lines = Buffer.alloc(height * (row + 1));
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, channels === 3 ? 2 : 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(lines)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.set(named, 4);
  out.writeUInt32BE(crc32(named), named.length + 4);
  return out;
}
