import { createDraftBox } from "../../../adapters/sqlite-copy/draft-box.ts";
import { openCopyFile, type CopyNotice } from "../../../adapters/sqlite-copy/copy-file.ts";
import { createLocalCopy } from "../../../adapters/sqlite-copy/local-copy.ts";
import type { Log } from "../../../ports/log.ts";
import type { Kept } from "./offline.ts";

/** Opens the file of copy and drafts of one workspace. @throws InfrastructureError */
export function openKept(path: string, log: Log): Kept {
  const file = openCopyFile(path, (notice) => tell(log, notice));
  return { copy: createLocalCopy(file), drafts: createDraftBox(file) };
}

function tell(log: Log, notice: CopyNotice): void {
  if (notice.type === "emptied") return log.info({}, "the offline copy was made by another version; it is emptied and fills again");
  const { aside, drafts } = notice;
  const fields = { aside, ...(drafts === undefined ? {} : { drafts }) };
  log.error(fields, "the offline copy was damaged: it is renamed aside and fills again; drafts that could be read were taken over");
}
