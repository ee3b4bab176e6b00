/** Milliseconds for which the content stays addressable: whoever saves it has his own hold on it once he has begun, and asks the owner for a place before. */
const hold = 60_000;

/** Offers `content` to the owner as a file called `name`; the browser, or the desktop, asks where it is to go. */
export function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), hold);
}
