/** A photo of a phone has several MB; so much is seen on a report. */
const LONGEST_SIDE = 1600;
const QUALITY = 0.8;

function readFile(file) {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result);
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(file);
    });
}

/**
 * Make a photo small before it is kept and sent.
 *
 * @param {File} file
 * @returns {Promise<string>} the picture as a data URL; the file itself where the
 *  browser does not know its kind
 */
export async function scalePhoto(file) {
    try {
        const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
        const ratio = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
        const canvas = document.createElement("canvas");
        canvas.width = Math.round(bitmap.width * ratio);
        canvas.height = Math.round(bitmap.height * ratio);
        canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
        bitmap.close();
        return canvas.toDataURL("image/jpeg", QUALITY);
    } catch {
        return readFile(file);
    }
}
