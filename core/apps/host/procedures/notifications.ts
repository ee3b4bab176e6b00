import type { notificationsContract, NotificationSettings } from "../../../contract/notifications.ts";
import type { NotificationKeeper } from "../../../ports/notification-keeper.ts";
import type { HostDependencies } from "../dependencies.ts";
import { contract, type Procedures } from "../implementer.ts";

export function notificationsProcedures({ notifications }: HostDependencies): Procedures<typeof notificationsContract> {
  return {
    watch: contract.notifications.watch.handler(async function* ({ signal }) {
      yield* watchedSettings(notifications, signal);
    }),
    set: contract.notifications.set.handler(async ({ input }) => {
      await notifications.write(input);
      return settingsOf(await notifications.read());
    }),
  };
}

/** The settings now and after every change, until the reader leaves. Changes that come while the reader is busy are one. */
async function* watchedSettings(keeper: NotificationKeeper, signal: AbortSignal | undefined): AsyncGenerator<NotificationSettings> {
  let wake = Promise.withResolvers<void>();
  const notice = (): void => wake.resolve();
  const stop = keeper.onChange(notice);
  signal?.addEventListener("abort", notice);
  try {
    while (!signal?.aborted) {
      wake = Promise.withResolvers();
      yield settingsOf(await keeper.read());
      if (!signal?.aborted) await wake.promise;
    }
  } finally {
    signal?.removeEventListener("abort", notice);
    stop();
  }
}

function settingsOf({ preferences, problem }: Awaited<ReturnType<NotificationKeeper["read"]>>): NotificationSettings {
  return {
    preferences: {
      topics: { ...preferences.topics },
      repositories: { ...preferences.repositories },
      ...(preferences.quiet ? { quiet: preferences.quiet } : {}),
    },
    ...(problem === undefined ? {} : { problem }),
  };
}
