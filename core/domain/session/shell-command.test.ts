import { expect, it } from "vitest";
import { bareCommand } from "./shell-command.ts";

it.each([
  [`/bin/bash -lc 'ls docs'`, "ls docs"],
  [`bash -c "echo \\"hi\\" \\$HOME"`, `echo "hi" $HOME`],
  [`/bin/bash -lc 'it'\\''s here'`, "it's here"],
  [`/bin/bash -lc 'it'"'"'s here'`, "it's here"],
  ["/bin/sh -c pwd", "pwd"],
  [`/bin/bash -lc 'two words' extra`, `/bin/bash -lc 'two words' extra`],
  [`/bin/bash -lc 'not closed`, `/bin/bash -lc 'not closed`],
  ["npm test", "npm test"],
])("shows %j as what the shell was told", (command, shown) => {
  expect(bareCommand(command)).toBe(shown);
});
