import { Anchor, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import type { InboxItem } from "../../../core/contract/inbox.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Empty, Panes } from "../../ui/panes.tsx";
import { Risk } from "../../ui/risk.tsx";
import { DecisionCard } from "./decision-card.tsx";
import style from "./inbox.module.css";
import { kindIcons } from "./kinds.ts";
import { neighbour } from "./selection.ts";

/** What waits for the owner, most urgent first, and the card of the chosen one. */
export function InboxScreen(): ReactElement {
  const { say } = useSpeech();
  const { id } = useParams({ from: "/inbox/{-$id}" });
  const [shown, setShown] = useState<"waiting" | "decided">("waiting");
  const { items, isLoading } = useItems(shown);
  const move = useMove(items ?? [], id);
  useScreenKeys([
    { key: "j", what: say("inbox.key.next"), act: () => move(1) },
    { key: "k", what: say("inbox.key.previous"), act: () => move(-1) },
  ]);
  const head = (
    <>
      <h1 style={{ display: "none" }}>{say("inbox.title")}</h1>
      <SegmentedControl
        size="xs"
        value={shown}
        onChange={setShown}
        data={[
          { value: "waiting", label: `${say("inbox.waiting")}${shown === "waiting" && items ? ` · ${items.length}` : ""}` },
          { value: "decided", label: say("inbox.decided") },
        ]}
      />
    </>
  );
  return (
    <Panes head={head} list={<Items items={items} isLoading={isLoading} selected={id} shown={shown} />}>
      {id === undefined ? <NothingChosen isEmpty={items?.length === 0 && shown === "waiting"} /> : <DecisionCard key={id} id={id} afterwards={() => move(1)} />}
    </Panes>
  );
}

function NothingChosen({ isEmpty }: { readonly isEmpty: boolean }): ReactElement {
  const { say } = useSpeech();
  if (!isEmpty) return <Empty title={say("inbox.choose")}>{say("inbox.chooseWhat")}</Empty>;
  return (
    <Empty title={say("inbox.empty")}>
      {say("inbox.emptyWhat")}{" "}
      <Anchor component={Link} to="/board" inherit>
        {say("inbox.toBoard")}
      </Anchor>
    </Empty>
  );
}

function useItems(shown: "waiting" | "decided"): { readonly items: readonly InboxItem[] | undefined; readonly isLoading: boolean } {
  const queries = useHostQueries();
  const waiting = useQuery(queries.inbox.watch.experimental_liveOptions());
  // Whenever something was decided, what waits has changed.
  const moment = waiting.data?.items.map(({ id }) => id).join() ?? "";
  const decided = useQuery({
    ...queries.inbox.list.queryOptions({ input: { closed: true, limit: 200 } }),
    queryKey: [...queries.inbox.list.queryKey({ input: { closed: true, limit: 200 } }), moment],
    enabled: shown === "decided",
    placeholderData: (before) => before,
  });
  const { data, isLoading } = shown === "waiting" ? waiting : decided;
  return { items: data?.items, isLoading };
}

function useMove(items: readonly InboxItem[], from: string | undefined): (by: 1 | -1) => void {
  const navigate = useNavigate();
  return (by) => {
    const id = neighbour(items, from, by);
    if (id !== undefined) void navigate({ to: "/inbox/{-$id}", params: { id } });
  };
}

interface ItemsProps {
  readonly items: readonly InboxItem[] | undefined;
  readonly isLoading: boolean;
  readonly selected: string | undefined;
  readonly shown: "waiting" | "decided";
}

function Items({ items, isLoading, selected, shown }: ItemsProps): ReactElement {
  const { say } = useSpeech();
  if (!items) return <Empty title={isLoading ? say("state.loading") : ""} />;
  if (items.length === 0) return <p className={style["none"]}>{say(shown === "waiting" ? "inbox.none" : "inbox.emptyDecided")}</p>;
  return (
    <nav aria-label={say(shown === "waiting" ? "inbox.waiting" : "inbox.decided")}>
      {items.map((item) => (
        <Row key={item.id} item={item} isSelected={item.id === selected} />
      ))}
    </nav>
  );
}

function Row({ item, isSelected }: { readonly item: InboxItem; readonly isSelected: boolean }): ReactElement {
  const { say } = useSpeech();
  const Icon = kindIcons[item.kind];
  return (
    <Link to="/inbox/{-$id}" params={{ id: item.id }} className={style["row"]} data-selected={isSelected} aria-current={isSelected ? "true" : undefined}>
      <Icon size={15} stroke={1.7} />
      <span className={style["summary"]}>
        <Foreign>{item.summary}</Foreign>
      </span>
      <span className={style["meta"]}>
        <span>{say(`inbox.kind.${item.kind}`)}</span>
        <span className={style["where"]}>
          {item.repository}#{item.issue}
        </span>
        <span className={style["age"]}>
          {item.phase === "requested" ? <Risk risk={item.risk} /> : say(`inbox.phase.${item.phase}`)} <Age at={item.createdAt} />
        </span>
      </span>
    </Link>
  );
}
