import { Button, Kbd, VisuallyHidden } from "@mantine/core";
import { spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { useMemo, type ReactElement } from "react";
import type { ConnectionState } from "../../core/contract/connection.ts";
import { isPutAway } from "../../core/contract/inbox.ts";
import { revealHidden } from "../../core/domain/kernel/hidden-characters.ts";
import { OfflineBanner } from "../features/drafts/offline-banner.tsx";
import { FirstMinutes } from "../features/first-minutes/first-minutes.tsx";
import { DayMeter } from "../features/holds/day-meter.tsx";
import { PauseBanner, PauseSwitch } from "../features/holds/pause-switch.tsx";
import { useHostConnection, useHostQueries, useLinkState } from "../host-client/host-context.tsx";
import { useInbox } from "../host-client/live-list.ts";
import type { Text } from "../i18n/en.ts";
import { useSpeech } from "../i18n/language.tsx";
import { clock, useNow } from "../ui/age.tsx";
import { Foreign } from "../ui/foreign-text.tsx";
import { KeyHelp } from "../ui/keys.tsx";
import { Palette } from "./palette.tsx";
import { places } from "./places.ts";
import { ProjectSwitch } from "./project-switch.tsx";
import style from "./shell.module.css";

/** What stands around every screen: where one is, how the connections are, and the way to everything else. */
export function Shell(): ReactElement {
  const { say } = useSpeech();
  return (
    <div className={style["shell"]}>
      <a className={style["skip"]} href="#content">
        {say("shell.skip")}
      </a>
      <header className={style["bar"]}>
        <div className={style["brand"]}>
          <img src="./signalbox.svg" alt="" /> Signalbox
        </div>
        <ProjectSwitch />
        <button type="button" className={style["search"]} onClick={() => spotlight.open()}>
          <IconSearch size={14} /> {say("shell.search")} <Kbd size="xs">Ctrl K</Kbd>
        </button>
        <Connections />
        <PauseSwitch />
      </header>
      <Rail />
      <div className={style["content"]}>
        <LostHost />
        <OfflineBanner />
        <PauseBanner />
        <FirstMinutes />
        <main id="content" tabIndex={-1} style={{ flex: 1, minHeight: 0, outline: "none" }}>
          <Outlet />
        </main>
      </div>
      <Palette />
      <KeyHelp />
    </div>
  );
}

function Rail(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const inbox = useInbox();
  const now = useNow();
  const drafts = useQuery(queries.drafts.watch.experimental_liveOptions());
  const working = useQuery(queries.workspace.watch.experimental_liveOptions()).data?.atWork ?? 0;
  const counts: Readonly<Record<string, number | undefined>> = {
    "/inbox/{-$id}": useMemo(() => inbox.data?.rows.filter((item) => !isPutAway(item, now)).length, [inbox.data?.rows, now]),
    "/drafts": drafts.data?.drafts.filter(({ state }) => !["sent", "refused", "discarded"].includes(state.phase)).length,
  };
  return (
    <nav className={style["rail"]} aria-label={say("shell.main")}>
      {places.map(({ to, text, icon: Icon }) => (
        <Link key={to} to={to} params={{}} className={style["place"]}>
          <Icon size={16} stroke={1.7} /> {say(text)}
          {(counts[to] ?? 0) > 0 ? <span className={style["count"]}>{counts[to]}</span> : undefined}
          {to === "/runs/{-$id}" && working > 0 ? (
            <span className={style["working"]} title={say("shell.working")}>
              {working}
            </span>
          ) : undefined}
        </Link>
      ))}
      <DayMeter />
    </nav>
  );
}

/** How GitHub, the database and the cluster are: a dot with a shape of its own for each state, and a word. */
function Connections(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const { data } = useQuery(queries.connection.watch.experimental_liveOptions());
  if (!data) return <div className={style["chips"]}>{say("state.loading")}</div>;
  return (
    <div className={style["chips"]} role="status">
      {data.mode === "rehearsal" ? <span>{say("shell.rehearsal")}</span> : undefined}
      <Chip text="shell.forge" link={data.forge} />
      {data.cluster ? <Chip text="shell.cluster" link={data.cluster} /> : undefined}
      <Chip text="shell.database" link={data.database} />
    </div>
  );
}

function Chip({ text, link }: { readonly text: Text; readonly link: ConnectionState["forge"] }): ReactElement {
  const { say } = useSpeech();
  const state = say(`shell.link.${link.state}`, { when: clock(link.since ?? 0) });
  return (
    <span className={style["chip"]} title={revealHidden(link.detail)}>
      <span className={style["dot"]} data-state={link.state} aria-hidden /> {say(text)}{" "}
      {link.state === "live" ? <VisuallyHidden component="span">{state}</VisuallyHidden> : state}
    </span>
  );
}

function LostHost(): ReactElement | undefined {
  const { say } = useSpeech();
  const { source } = useHostConnection();
  const link = useLinkState();
  if (link.phase === "failed")
    return (
      <div className={style["lost"]} role="alert">
        <span>
          {say("shell.failed")} <Foreign>{`${link.failure.message} ${link.failure.remedy ?? ""}`}</Foreign>
        </span>
        {source.startAgain ? (
          <Button size="compact-xs" variant="default" onClick={source.startAgain}>
            {say("shell.startAgain")}
          </Button>
        ) : undefined}
      </div>
    );
  if (link.phase !== "lost") return undefined;
  return (
    <div className={style["lost"]} role="alert">
      {say("shell.lost", { when: clock(link.since) })}
    </div>
  );
}
