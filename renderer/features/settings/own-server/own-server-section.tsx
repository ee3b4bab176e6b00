import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useHostQueries } from "../../../host-client/host-context.tsx";
import { useSpeech } from "../../../i18n/language.tsx";
import { Failure } from "../../../ui/failure.tsx";
import style from "../settings.module.css";
import { KeptServer } from "./kept-server.tsx";
import { WayToServer } from "./way-to-server.tsx";

/** From the rehearsal to a server of the owner's own: what is kept of one, and the steps that lead there. */
export function OwnServerSection(): ReactElement {
  const { say } = useSpeech();
  const mode = useQuery(useHostQueries().connection.watch.experimental_liveOptions()).data?.mode;
  return (
    <>
      <h2 className={style["title"]}>{say("settings.server")}</h2>
      {mode === "server" ? <p className={style["lead"]}>{say("server.here")}</p> : undefined}
      {mode === "rehearsal" ? <Connecting /> : undefined}
      {mode === undefined ? <p className={style["note"]}>{say("state.loading")}</p> : undefined}
    </>
  );
}

function Connecting(): ReactElement {
  const { say } = useSpeech();
  const { data, failureReason } = useQuery(useHostQueries().ownServer.state.queryOptions());
  return (
    <>
      <p className={style["lead"]}>{say("server.lead")}</p>
      {failureReason ? (
        <div className={style["fault"]}>
          <Failure error={failureReason} />
        </div>
      ) : undefined}
      {data?.kept ? <KeptServer state={data} kept={data.kept} /> : undefined}
      {data || failureReason ? <WayToServer state={data} /> : <p className={style["note"]}>{say("state.loading")}</p>}
    </>
  );
}
