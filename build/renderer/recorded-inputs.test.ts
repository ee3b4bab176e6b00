import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isCurrent, recordInputs, recordOf } from "./recorded-inputs.ts";

let root: string;
let configuration: string;
const put = async (path: string, text: string): Promise<void> => {
  await mkdir(join(root, path, ".."), { recursive: true });
  await writeFile(join(root, path), text);
};
const made = () =>
  build({
    configFile: false,
    logLevel: "silent",
    root: join(root, "page"),
    plugins: [recordInputs(configuration, [join(root, "more.txt")], root)],
    build: { outDir: join(root, "out"), emptyOutDir: true },
  });

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "signalbox-inputs-")));
  configuration = join(root, "build/page.config.ts");
  await put("build/page.config.ts", "export default {};");
  await put("package-lock.json", "{}");
  await put("more.txt", "picture");
  await put("page/index.html", '<script type="module" src="./main.js"></script>');
  await put("page/main.js", 'import "./look.css"; import { word } from "./part.js"; document.title = word;');
  await put("page/part.js", 'export const word = "first";');
  await put("page/look.css", "body { margin: 0 }");
  await made();
});
afterEach(() => rm(root, { recursive: true, force: true }));

it("a build is current right after it was made, and one that was never made is not", async () => {
  expect(await isCurrent(configuration, root)).toBe(true);
  expect(await isCurrent(join(root, "build/other.config.ts"), root)).toBe(false);
});

it.each(["page/main.js", "page/part.js", "page/look.css", "page/index.html", "package-lock.json", "build/page.config.ts", "more.txt"])(
  "a build is not current when %s has changed, until it is made again",
  async (path) => {
    await put(path, `${path.endsWith("html") ? "<!doctype html>" : ""}/* other */`);
    expect(await isCurrent(configuration, root)).toBe(false);
    if (!path.endsWith("html") && path !== "page/part.js") await made().then(async () => expect(await isCurrent(configuration, root)).toBe(true));
  },
);

it("a build is not current when a file that it was made from, or that it made, is gone", async () => {
  await rm(join(root, "out/index.html"));
  expect(await isCurrent(configuration, root)).toBe(false);
  await made();
  await rm(join(root, "page/part.js"));
  expect(await isCurrent(configuration, root)).toBe(false);
});

it("a record that is damaged counts for nothing", async () => {
  await writeFile(recordOf(configuration, root), "{");
  expect(await isCurrent(configuration, root)).toBe(false);
});
