import { IconKey, IconKeyOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { KeyPlace } from "./key-place.tsx";
import style from "./settings.module.css";

/** Who signs at this host, and what a signature means. */
export function KeysSection(): ReactElement {
  const { say } = useSpeech();
  const { data, failureReason } = useQuery(useHostQueries().connection.watch.experimental_liveOptions());
  return (
    <>
      <h2 className={style["title"]}>{say("settings.keys")}</h2>
      {data ? <Signer name={data.signsAs} /> : failureReason ? <Failure error={failureReason} /> : <p className={style["note"]}>{say("state.loading")}</p>}
    </>
  );
}

function Signer({ name }: { readonly name: string | undefined }): ReactElement {
  const { say } = useSpeech();
  if (name === undefined) {
    return (
      <>
        <p className={style["signer"]}>
          <IconKeyOff size={20} aria-hidden /> <strong>{say("settings.keys.none.title")}</strong>
        </p>
        <p className={style["lead"]}>{say("settings.keys.none.text")}</p>
      </>
    );
  }
  return (
    <>
      <p className={style["signer"]}>
        <IconKey size={20} aria-hidden />
        <span>
          {say("settings.keys.signsAs")}{" "}
          <strong>
            <Foreign>{name}</Foreign>
          </strong>
        </span>
      </p>
      <p className={style["lead"]}>{say("settings.keys.signs")}</p>
      <KeyPlace />
      <Link to="/settings/{-$section}" params={{ section: "checks" }} className={style["link"]}>
        {say("settings.keys.toChecks")}
      </Link>
    </>
  );
}
