import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import type { SigningKeyState } from "../../../core/contract/keys.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import style from "./settings.module.css";

/** Where the signing key lies, and the owner's word to move it into the system's keyring or out of it. */
export function KeyPlace(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const cache = useQueryClient();
  const { data, failureReason } = useQuery(queries.keys.state.queryOptions());
  const keep = (state: SigningKeyState): void => void cache.setQueryData(queries.keys.state.queryKey(), state);
  const seal = useMutation(queries.keys.seal.mutationOptions({ onSuccess: keep }));
  const unseal = useMutation(queries.keys.unseal.mutationOptions({ onSuccess: keep }));
  if (!data) return failureReason ? <Failure error={failureReason} /> : <p className={style["note"]}>{say("state.loading")}</p>;
  const isSealed = data.kept === "keyring";
  const change = isSealed ? unseal : seal;
  return (
    <section className={style["part"]}>
      <h3>{say("settings.keys.place")}</h3>
      <p className={style["lead"]} role="status">
        <strong>{say(`settings.keys.place.${data.kept}`)}.</strong> {say(isSealed ? "settings.keys.sealed" : "settings.keys.guard")}
      </p>
      {data.canSeal ? (
        <>
          {isSealed ? undefined : <p className={style["note"]}>{say("settings.keys.sealLead")}</p>}
          <Button variant="default" size="xs" loading={change.isPending} onClick={() => change.mutate({})}>
            {say(isSealed ? "settings.keys.unseal" : "settings.keys.seal")}
          </Button>
        </>
      ) : (
        <p className={style["note"]}>{say("settings.keys.noDesktop")}</p>
      )}
      {change.error ? (
        <div className={style["fault"]}>
          <Failure error={change.error} />
        </div>
      ) : undefined}
    </section>
  );
}
