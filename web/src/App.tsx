import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { fetcher } from "./fetcher";
import { RetrySchema } from "./RetrySchema";
import { starters } from "./starters";
import { prepareFirstVisit, storage } from "./storage";
import { SystemTheme } from "./SystemTheme";
import { TopBar } from "./TopBar";

// Made once: GraphiQL resets its sidebar when this array is a new one.
const plugins = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

prepareFirstVisit(starters[0]);

export function App() {
  return (
    <>
      <TopBar />
      <main>
        <GraphiQL
          fetcher={fetcher}
          plugins={plugins}
          storage={storage}
          defaultTabs={starters}
          defaultEditorToolsVisibility="variables"
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
          inputValueDeprecation
        >
          <SystemTheme />
          <RetrySchema />
        </GraphiQL>
      </main>
    </>
  );
}
