import { IconAlertTriangleFilled, IconCircleCheckFilled, IconKey, IconKeyOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import type { Signer } from "../../../core/contract/people.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { OfRepository } from "./of-repository.tsx";
import own from "./people.module.css";
import { RightsTable } from "./rights-table.tsx";
import style from "./settings.module.css";

/** Who may decide, who may do what at the forge, and how somebody is added. */
export function PeopleSection(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const { data, failureReason } = useQuery(queries.people.signers.queryOptions());
  const isServer = useQuery(queries.connection.watch.experimental_liveOptions()).data?.mode === "server";
  return (
    <>
      <h2 className={style["title"]}>{say("settings.people")}</h2>
      <p className={style["lead"]}>{say("people.lead")}</p>
      {data ? (
        <section className={style["part"]}>
          <h3>{say("people.signers")}</h3>
          <ul className={own["signers"]}>
            {data.signers.map((signer) => (
              <SignerRow key={`${signer.person} ${signer.keyId}`} signer={signer} />
            ))}
          </ul>
          {isServer ? <p className={style["note"]}>{say("people.server")}</p> : undefined}
        </section>
      ) : failureReason ? (
        <Failure error={failureReason} />
      ) : (
        <p className={style["note"]}>{say("state.loading")}</p>
      )}
      <section className={style["part"]}>
        <h3>{say("people.rights")}</h3>
        <OfRepository section="people">{(repository) => <RightsTable repository={repository} />}</OfRepository>
      </section>
      {data ? <Adding from={data.from} isServer={isServer} /> : undefined}
    </>
  );
}

function SignerRow({ signer: { person, keyId, isYours, counts } }: { readonly signer: Signer }): ReactElement {
  const { say } = useSpeech();
  const [Key, Shape] = counts ? [IconKey, IconCircleCheckFilled] : [IconKeyOff, IconAlertTriangleFilled];
  return (
    <li>
      <Key size={16} aria-hidden />
      <span className={own["person"]}>
        <strong>
          <Foreign>{person}</Foreign>
        </strong>
        {isYours ? <span className={style["mark"]}>{say("people.you")}</span> : undefined}
      </span>
      <span className={own["key"]} title={keyId}>
        {say("people.key")}{" "}
        <code>
          <Foreign>{keyId.slice(0, 8)}</Foreign>
        </code>
      </span>
      <span className={own["standing"]} data-level={counts ? "good" : "warn"}>
        <Shape size={14} aria-hidden /> {say(counts ? "people.counts" : "people.counts.not")}
      </span>
    </li>
  );
}

function Adding({ from, isServer }: { readonly from: string; readonly isServer: boolean }): ReactElement {
  const { say } = useSpeech();
  return (
    <section className={style["part"]}>
      <h3>{say("people.add")}</h3>
      <ol className={own["steps"]}>
        <li>
          {say("people.add.key")}
          <code>{isServer ? "signalbox --server init-keys --person LOGIN" : "signalbox init-keys --person LOGIN"}</code>
        </li>
        <li>
          {say(isServer ? "people.add.trustServer" : "people.add.trust")}
          <code>
            <Foreign>{from}</Foreign>
          </code>
        </li>
        <li>{say(isServer ? "people.add.restartServer" : "people.add.restart")}</li>
        <li>{say("people.add.right")}</li>
      </ol>
      <p className={style["note"]}>{say("people.add.leave")}</p>
    </section>
  );
}
