// Photographs are made smaller before they wait or are sent, and with that lose what the camera wrote into them;
// a signature is drawn with finger, pen or mouse.
const EDGE = 1600; // pixels
const MOST = 3;

const base64 = (address) => address.slice(address.indexOf(",") + 1);

async function smaller(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, EDGE / Math.max(image.width, image.height));
  const [width, height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
  const page = typeof document !== "undefined"; // a worker draws as well
  const canvas = page ? Object.assign(document.createElement("canvas"), { width, height }) : new OffscreenCanvas(width, height);
  canvas.getContext("2d").drawImage(image, 0, 0, width, height);
  if (page) return base64(canvas.toDataURL("image/jpeg", 0.8));
  return letters(await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 }));
}

async function letters(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

// A file that is no picture goes as it is: the site says what is wrong with it.
export async function photosOf(input) {
  return Promise.all([...(input?.files || [])].slice(0, MOST + 1).map((file) => smaller(file).then(
    (data) => ({ type: "image/jpeg", data }),
    async () => ({ type: file.type, data: await letters(file) }),
  )));
}

export function show(list, photos) {
  list.replaceChildren(...photos.map((photo, at) => {
    const image = document.createElement("img");
    image.src = `data:${photo.type};base64,${photo.data}`;
    image.alt = list.dataset.alt.replace("{n}", at + 1);
    return image;
  }));
}

export function signature(box) {
  const canvas = box.querySelector("canvas");
  const field = box.querySelector("input[name=drawn]");
  const pen = canvas.getContext("2d");
  let drawing = false;
  box.hidden = false;
  pen.lineWidth = 3;
  pen.lineCap = "round";
  const at = ({ clientX, clientY }) => {
    const area = canvas.getBoundingClientRect();
    return [((clientX - area.left) * canvas.width) / area.width, ((clientY - area.top) * canvas.height) / area.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  const end = () => {
    if (!drawing) return;
    drawing = false;
    field.value = canvas.toDataURL("image/png");
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  box.querySelector("button").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    field.value = "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // What was drawn before the page was closed.
  box.addEventListener("yice:restored", () => {
    if (!field.value) return;
    const image = new Image();
    image.onload = () => pen.drawImage(image, 0, 0);
    image.src = field.value;
  });
}
