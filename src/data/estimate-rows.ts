import { open, stat } from "node:fs/promises";

const headBytes = 1 << 18;

/**
 * About how many rows text files hold, by the mean length of the lines at the start of each; null where that cannot be
 * told without reading on (compressed files). For progress only.
 */
export async function estimateRows(files: readonly string[]): Promise<number | null> {
  let rows = 0;
  for (const file of files) {
    if (/\.(gz|zst)$/i.test(file)) return null;
    const { size } = await stat(file);
    await using handle = await open(file);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(size, headBytes)), 0);
    const lines = buffer.subarray(0, bytesRead).reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
    rows += (lines * size) / Math.max(bytesRead, 1);
  }
  return Math.max(1, Math.round(rows));
}
