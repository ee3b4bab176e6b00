import { Button, CloseButton, Kbd, TextInput } from "@mantine/core";
import { IconFilter, IconLayoutRows } from "@tabler/icons-react";
import type { ReactElement, RefObject } from "react";
import { useSpeech } from "../../i18n/language.tsx";
import style from "./board.module.css";
import type { BoardCard } from "./board-view.ts";
import type { LaneChoice } from "./lane-choice.ts";

interface Given {
  readonly filter: RefObject<HTMLInputElement | null>;
  readonly query: string;
  readonly setQuery: (query: string) => void;
  readonly chosen: BoardCard | undefined;
  readonly open: (card: BoardCard) => void;
  readonly move: (card: BoardCard) => void;
  readonly write: () => void;
  readonly lanes: Pick<LaneChoice, "isOn" | "toggle">;
}

/** What the board shows, and what can be done with the chosen card. */
export function BoardToolbar({ filter, query, setQuery, chosen, open, move, write, lanes }: Given): ReactElement {
  const { say } = useSpeech();
  return (
    <div className={style["toolbar"]}>
      <h1>{say("board.title")}</h1>
      <TextInput
        ref={filter}
        className={style["filter"]}
        aria-label={say("board.filter")}
        placeholder={say("board.filter")}
        size="xs"
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          setQuery("");
          event.currentTarget.blur();
        }}
        leftSection={<IconFilter size={14} aria-hidden />}
        rightSection={query === "" ? <Kbd size="xs">/</Kbd> : <CloseButton size="xs" aria-label={say("board.noMatch.clear")} onClick={() => setQuery("")} />}
      />
      <Button
        className={style["lanes"]}
        variant="default"
        size="xs"
        aria-pressed={lanes.isOn}
        onClick={lanes.toggle}
        leftSection={<IconLayoutRows size={14} aria-hidden />}
        rightSection={<Kbd size="xs">e</Kbd>}
      >
        {say("board.lanes")}
      </Button>
      <span className={style["acts"]}>
        <Button variant="default" size="xs" disabled={chosen?.runId === undefined} onClick={() => chosen && open(chosen)} rightSection={<Kbd size="xs">⏎</Kbd>}>
          {say("board.open")}
        </Button>
        <Button variant="default" size="xs" disabled={!chosen} onClick={() => chosen && move(chosen)} rightSection={<Kbd size="xs">m</Kbd>}>
          {say("board.move")}
        </Button>
        <Button size="xs" onClick={write} rightSection={<Kbd size="xs">n</Kbd>}>
          {say("board.new")}
        </Button>
      </span>
    </div>
  );
}
