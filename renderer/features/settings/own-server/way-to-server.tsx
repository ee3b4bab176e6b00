import { Button, PasswordInput, Radio, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type ReactElement, type RefObject } from "react";
import type { KeptIn, OwnServerState } from "../../../../core/contract/own-server.ts";
import { useHostQueries } from "../../../host-client/host-context.tsx";
import { useSpeech } from "../../../i18n/language.tsx";
import { CopyText } from "../../../ui/copy-text.tsx";
import { Foreign } from "../../../ui/foreign-text.tsx";
import style from "../settings.module.css";
import own from "./own-server.module.css";
import { Found, Step, TryForm } from "./step.tsx";
import { isWell, resultFor } from "./steps.ts";

const github = "https://api.github.com";

/** Database, forge and key, each tried before the next; at the end the owner has the connection kept. */
export function WayToServer({ state }: { readonly state: OwnServerState | undefined }): ReactElement {
  const way = useWay(state);
  const forgeField = useRef<HTMLInputElement>(null);
  return (
    <ol className={own["steps"]}>
      <DatabaseStep way={way} next={forgeField} />
      <ForgeStep way={way} field={forgeField} />
      <KeyStep way={way} />
      <KeepStep way={way} />
    </ol>
  );
}

type Field = RefObject<HTMLInputElement | null>;

function DatabaseStep({ way: { database, setDatabase, looking, ofDatabase, hasDatabase }, next }: { readonly way: Way; readonly next: Field }): ReactElement {
  const { say } = useSpeech();
  const look = (): void =>
    looking.mutate(
      { database },
      // The next field is enabled by what has just come, so not before that is drawn.
      { onSuccess: (found) => void (isWell(found) && requestAnimationFrame(() => next.current?.focus())) },
    );
  return (
    <Step title={say("server.database")} lead={say("server.database.lead")} isDone={hasDatabase}>
      <TryForm isReady={database.trim() !== ""} isTrying={looking.isPending} onTry={look}>
        <PasswordInput
          className={style["grow"]}
          label={say("server.database.address")}
          placeholder="postgres://signalbox:…@db.example:5432/signalbox"
          value={database}
          onChange={({ currentTarget }) => setDatabase(currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": say("server.reveal") }}
          autoComplete="off"
          spellCheck={false}
          maxLength={2_000}
        />
      </TryForm>
      <Found checks={ofDatabase?.checks} error={looking.error} />
    </Step>
  );
}

function ForgeStep({ way, field }: { readonly way: Way; readonly field: Field }): ReactElement {
  const { say } = useSpeech();
  const { forge, token, asking, asked, hasDatabase } = way;
  return (
    <Step title={say("server.forge")} lead={say("server.forge.lead")} isDone={way.hasForge} isLater={!hasDatabase}>
      <TryForm isReady={hasDatabase && forge.trim() !== "" && token.trim() !== ""} isTrying={asking.isPending} onTry={() => asking.mutate(asked)}>
        <TextInput
          ref={field}
          className={style["grow"]}
          label={say("server.forge.address")}
          value={forge}
          onChange={({ currentTarget }) => way.setForge(currentTarget.value)}
          disabled={!hasDatabase}
          spellCheck={false}
          maxLength={2_000}
        />
        <PasswordInput
          className={style["grow"]}
          label={say("server.forge.token")}
          value={token}
          onChange={({ currentTarget }) => way.setToken(currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": say("server.reveal") }}
          disabled={!hasDatabase}
          autoComplete="off"
          maxLength={1_000}
        />
      </TryForm>
      <Found checks={way.ofForge?.checks} error={asking.error} />
    </Step>
  );
}

function KeyStep({ way: { making, ofForge, hasForge, key } }: { readonly way: Way }): ReactElement {
  const { say } = useSpeech();
  return (
    <Step title={say("server.key")} lead={say("server.key.lead")} isDone={key !== undefined} isLater={!hasForge}>
      {key ? (
        <>
          <p className={style["note"]}>
            <Foreign>{say("server.key.forServer", { person: key.person, file: key.publicFile })}</Foreign>
          </p>
          <CopyText name={say("server.key.public")} text={key.publicKey.trim()} />
        </>
      ) : (
        <Button size="xs" disabled={!hasForge} loading={making.isPending} onClick={() => making.mutate({ person: ofForge?.login ?? "" })}>
          {say("server.key.make")}
        </Button>
      )}
      <Found error={making.error} />
    </Step>
  );
}

function KeepStep({ way: { state, database, forge, token, keeping, key } }: { readonly way: Way }): ReactElement {
  const { say } = useSpeech();
  const [wished, setWished] = useState<KeptIn>();
  const keptIn = wished ?? (state?.canSeal ? "keyring" : "file");
  const isLater = key === undefined;
  return (
    <Step title={say("server.keep")} isLater={isLater}>
      <Radio.Group label={say("server.keep.where")} value={keptIn} onChange={setWished}>
        <Radio className={own["choice"] ?? ""} value="keyring" disabled={isLater || !state?.canSeal} label={say("server.keep.keyring")} />
        <Radio className={own["choice"] ?? ""} value="file" disabled={isLater} label={say("server.keep.file")} />
      </Radio.Group>
      {state?.canSeal === false ? <p className={style["note"]}>{say("server.keep.noKeyring")}</p> : undefined}
      <p className={own["buttons"]}>
        <Button size="xs" disabled={isLater} loading={keeping.isPending} onClick={() => keeping.mutate({ database, forge, token, keptIn })}>
          {say("server.keep.button")}
        </Button>
        {keeping.isSuccess ? <span role="status">{say("server.keep.done")}</span> : undefined}
      </p>
      <Found error={keeping.error} />
    </Step>
  );
}

/** What the owner has written on the way to a server, what was found with it, and how far that leads. */
function useWay(state: OwnServerState | undefined) {
  const queries = useHostQueries();
  const cache = useQueryClient();
  const onSuccess = (next: OwnServerState): void => void cache.setQueryData(queries.ownServer.state.queryKey(), next);
  const [database, setDatabase] = useState("");
  const [forge, setForge] = useState(github);
  const [token, setToken] = useState("");
  const looking = useMutation(queries.ownServer.checkDatabase.mutationOptions());
  const asking = useMutation(queries.ownServer.checkForge.mutationOptions());
  const making = useMutation(queries.ownServer.makeKey.mutationOptions({ onSuccess }));
  const keeping = useMutation(queries.ownServer.keep.mutationOptions({ onSuccess }));

  const ofDatabase = resultFor(triedOf(looking), { database });
  const asked = { forge, token, repositories: ofDatabase?.repositories ?? [] };
  const ofForge = resultFor(triedOf(asking), asked);
  const hasDatabase = isWell(ofDatabase);
  const hasForge = hasDatabase && isWell(ofForge);
  const key = hasForge && state?.key?.person === ofForge?.login ? state?.key : undefined;
  return {
    state,
    database,
    setDatabase,
    forge,
    setForge,
    token,
    setToken,
    looking,
    asking,
    making,
    keeping,
    ofDatabase,
    asked,
    ofForge,
    hasDatabase,
    hasForge,
    key,
  };
}

type Way = ReturnType<typeof useWay>;

interface Attempt<Input, Result> {
  readonly variables: Input | undefined;
  readonly data: Result | undefined;
}

function triedOf<Input, Result>({ variables, data }: Attempt<Input, Result>): { readonly input: Input; readonly result: Result } | undefined {
  return variables === undefined || data === undefined ? undefined : { input: variables, result: data };
}
