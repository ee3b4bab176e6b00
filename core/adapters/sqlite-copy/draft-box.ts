import type { Draft } from "../../domain/draft/draft.ts";
import { isClosedDraft } from "../../domain/draft/machine.ts";
import type { DraftBox, ViewedMark } from "../../ports/draft-box.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { CopyFile } from "./copy-file.ts";

const mostClosed = 200;
/** Marks beyond this are forgotten, the oldest first. */
const mostMarks = 5_000;

/** The owner's drafts, in the same file as the copy and independent of it. */
export function createDraftBox(file: CopyFile): DraftBox {
  const list = (closed: boolean, limit: number): readonly Draft[] =>
    file.use((db) =>
      db
        .prepare<unknown[], string>(
          "select content from (select * from drafts where closed = ? order by written_at desc, id desc limit ?) order by written_at, id",
        )
        .pluck()
        .all(closed ? 1 : 0, limit)
        .map(readDraft),
    );
  return {
    list: ({ closed } = {}) => [...list(false, -1), ...(closed ? list(true, mostClosed) : [])],
    get(id) {
      const content = file.use((db) => db.prepare<unknown[], string>("select content from drafts where id = ?").pluck().get(id));
      return content === undefined ? undefined : readDraft(content);
    },
    add(draft) {
      const { changes } = file.useDurably((db) =>
        db
          .prepare("insert into drafts (id, written_at, closed, content) values (?, ?, 0, ?) on conflict do nothing")
          .run(draft.id, draft.writtenAt, JSON.stringify(draft)),
      );
      if (changes === 0) throw changedMeanwhile();
    },
    save(before, after) {
      const { changes } = file.useDurably((db) =>
        db
          .prepare("update drafts set content = ?, closed = ? where id = ? and content = ?")
          .run(JSON.stringify(after), isClosedDraft(after) ? 1 : 0, after.id, JSON.stringify(before)),
      );
      if (changes === 0) throw changedMeanwhile();
    },
    viewed: () => file.use((db) => db.prepare<unknown[], ViewedMark>("select repository, path, hash from viewed order by number desc limit ?").all(mostMarks)),
    markViewed({ repository, path, hash }, viewed) {
      file.useDurably((db) =>
        db
          .transaction(() => {
            db.prepare("delete from viewed where repository = ? and path = ?").run(repository, path);
            if (!viewed) return;
            const number = Number(db.prepare("select coalesce(max(number), 0) + 1 from viewed").pluck().get());
            db.prepare("insert into viewed (repository, path, hash, number) values (?, ?, ?, ?)").run(repository, path, hash, number);
            db.prepare("delete from viewed where number <= ?").run(number - mostMarks);
          })
          .immediate(),
      );
    },
  };
}

function changedMeanwhile(): InfrastructureError {
  return new InfrastructureError("conflict", "The draft was changed meanwhile.", {
    retryable: true,
    remedy: "Look at it again; another window has changed it.",
  });
}

/** Drafts are written by this program alone, and by versions of it that only add to what they are. */
function readDraft(content: string): Draft {
  return JSON.parse(content) as Draft;
}
