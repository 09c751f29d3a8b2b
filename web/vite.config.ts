import { defineConfig, loadEnv } from "vite";

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, ".", "TOMBOLA_");
  return {
    build: {
      // Nothing is inlined as a data: address, so the page can run under a
      // Content-Security-Policy that names only 'self'.
      assetsInlineLimit: 0,
      // Every supported browser preloads modules by itself.
      modulePreload: { polyfill: false },
      sourcemap: false,
      // The bundled packages ask for their licence texts to travel with them.
      license: { fileName: "third-party-licenses.md" },
      // Monaco is one large chunk, loaded after the first paint.
      chunkSizeWarningLimit: 4000,
      rolldownOptions: {
        // "use client" and the like mean nothing in a plain bundle, and dozens
        // of warnings about them would hide a real one.
        onLog(level, log, handler) {
          if (log.code !== "MODULE_LEVEL_DIRECTIVE") handler(level, log);
        },
      },
    },
    // Only for `npm run dev`: the API itself runs elsewhere.
    server: {
      proxy: {
        "/graphql": {
          target: env.TOMBOLA_URL ?? "http://127.0.0.1:4000",
          ws: true,
        },
      },
    },
  };
});
