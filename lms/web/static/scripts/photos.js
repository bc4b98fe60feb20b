const LONGEST_SIDE = 1600;
const SMALL_ENOUGH = 290000;
const QUALITIES = [0.8, 0.65, 0.5, 0.4];
const PHOTO = /^image\/(jpeg|png|webp|heic|heif|avif)$/;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} quality
 * @returns {Promise<Blob | null>}
 */
const jpeg = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

/**
 * A photo of at most 1600 pixels and about 290 kB, upright. What is small, no photo or cannot be read stays as it is.
 * @param {File} file
 * @returns {Promise<File>}
 */
export async function shrink(file) {
  if (!self.createImageBitmap || !PHOTO.test(file.type) || file.size < SMALL_ENOUGH) {
    return file;
  }
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * share);
    canvas.height = Math.round(bitmap.height * share);
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    if (bitmap.close) {
      bitmap.close();
    }
    let blob = null;
    for (const quality of QUALITIES) {
      blob = await jpeg(canvas, quality);
      if (!blob || blob.size <= SMALL_ENOUGH) {
        break;
      }
    }
    if (!blob || blob.size >= file.size) {
      return file;
    }
    return new File([blob], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
  } catch (_error) {
    return file;
  }
}
