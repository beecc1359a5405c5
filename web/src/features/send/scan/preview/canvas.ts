import { fitted, type Thumbnail } from './render';

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

interface Drawing {
  context: Context;
  /** Null where the browser makes no picture of it. */
  toBlob: () => Promise<Blob | null>;
}

const PICTURE = { type: 'image/webp', quality: 0.85 }; // PNG where the browser can't write WebP

/** Whether pictures can be drawn in a worker here; where they can't, the page has to. */
export const drawsInWorkers = 'OffscreenCanvas' in globalThis;

/** Make a picture of the pixels; null where the browser can't. */
export async function encoded({ width, height, rgba }: Thumbnail): Promise<Blob | null> {
  const drawing = canvasOf(width, height);
  if (!drawing) return null;
  drawing.context.putImageData(new ImageData(rgba, width, height), 0, 0);
  return drawing.toBlob();
}

/** Decode a baseline JPEG with the browser, and make it small. Raises for what is none. */
export async function reducedJpeg(jpeg: Uint8Array[]): Promise<Thumbnail | null> {
  const blob = new Blob(jpeg as Uint8Array<ArrayBuffer>[], { type: 'image/jpeg' });
  const image = await createImageBitmap(blob);
  const { width, height } = fitted(image.width, image.height);
  const context = canvasOf(width, height)?.context;
  context?.drawImage(image, 0, 0, width, height);
  image.close();
  if (!context) return null;
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, rgba: data };
}

function canvasOf(width: number, height: number): Drawing | null {
  if (drawsInWorkers) {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    return context && { context, toBlob: () => canvas.convertToBlob(PICTURE) };
  }
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  const toBlob = () =>
    new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, PICTURE.type, PICTURE.quality));
  return context && { context, toBlob };
}
