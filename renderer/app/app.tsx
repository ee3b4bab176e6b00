import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import type { HostConnection } from "../host-client/connect.ts";
import { HostProvider } from "../host-client/host-context.tsx";
import { LanguageProvider } from "../i18n/language.tsx";
import { KeysProvider } from "../ui/keys.tsx";
import { appRouter } from "./routes.tsx";
import { cssVariables, theme } from "./theme.ts";

/** The whole window, for a host that it reaches by `connection`. */
export function App({ connection }: { readonly connection: HostConnection }): ReactElement {
  const [queries] = useState(createQueries);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" />
      <LanguageProvider onSpeak={connection.source.speak}>
        <QueryClientProvider client={queries}>
          <HostProvider connection={connection}>
            <KeysProvider>
              <RouterProvider router={appRouter} />
            </KeysProvider>
          </HostProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </MantineProvider>
  );
}

/** What was read stays on the screen, with its age, while the host is away; live queries go on as soon as it is back. */
function createQueries(): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      queries: { retry: true, retryDelay: (times) => Math.min(250 * 2 ** times, 4_000), networkMode: "always", refetchOnWindowFocus: false, gcTime: 3_600_000 },
      mutations: { retry: false, networkMode: "always" },
    },
  });
  // A live query ends only when its host does, so what it last failed with would stand beside what it has brought since.
  queries.getQueryCache().subscribe((event) => {
    const isNews = event.type === "updated" && event.action.type === "success" && event.action.manual;
    if (isNews && event.query.state.fetchFailureCount > 0) event.query.setState({ fetchFailureCount: 0, fetchFailureReason: null });
  });
  return queries;
}
