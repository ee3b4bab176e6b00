import { useQuery } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import type { ConnectionState } from "../../../core/contract/connection.ts";
import { useHostConnection, useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { clock } from "../../ui/age.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import style from "./settings.module.css";
import { UpdatesText } from "./updates-text.tsx";

/** What is running here, and what it is connected to. */
export function AboutSection(): ReactElement {
  const { say } = useSpeech();
  const { data, failureReason } = useQuery(useHostQueries().connection.watch.experimental_liveOptions());
  return (
    <>
      <h2 className={style["title"]}>{say("settings.about")}</h2>
      {data ? <Facts state={data} /> : failureReason ? <Failure error={failureReason} /> : <p className={style["note"]}>{say("state.loading")}</p>}
    </>
  );
}

function Facts({ state }: { readonly state: ConnectionState }): ReactElement {
  const { say } = useSpeech();
  const { updates } = useHostConnection().source;
  return (
    <dl className={style["facts"]}>
      <Fact name={say("settings.about.version")}>Signalbox {state.version}</Fact>
      {updates === undefined ? undefined : (
        <Fact name={say("settings.updates")}>
          <UpdatesText />
        </Fact>
      )}
      <Fact name={say("settings.about.mode")}>{say(`settings.about.mode.${state.mode}`)}</Fact>
      <Fact name={say("settings.about.forge")}>
        <LinkText link={state.forge} />
      </Fact>
      <Fact name={say("settings.about.database")}>
        <LinkText link={state.database} />
      </Fact>
      <Fact name={say("settings.about.cluster")}>{state.cluster ? <LinkText link={state.cluster} /> : say("settings.about.noCluster")}</Fact>
      <Fact name={say("settings.about.gateway")}>
        {state.gateway === undefined ? (
          say("settings.about.noGateway")
        ) : (
          <code>
            <Foreign>{state.gateway}</Foreign>
          </code>
        )}
      </Fact>
      <Fact name={say("settings.about.repositories")}>{state.repositories.length}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className={style["fact"]}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function LinkText({ link }: { readonly link: ConnectionState["forge"] }): ReactElement {
  const { say } = useSpeech();
  const state = say(`shell.link.${link.state}`, { when: clock(link.since ?? 0) });
  return (
    <>
      {state}{" "}
      <span className={style["aside"]}>
        <Foreign>{link.detail}</Foreign>
      </span>
    </>
  );
}
