// Starts Swagger UI on this API's document. What the viewer lacks for people with a keyboard or a screen reader is here and
// in docs.css; docs/adr/0100 lists it.

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

const says = (operation, tag) =>
  [tag, operation.get("method"), operation.get("path"), operation.getIn(["operation", "summary"])].join(" ").toLowerCase();

// Finds the operations whose group, method, path and summary have every word of the phrase.
const opsFilter = (tags, phrase) => {
  const words = phrase.toLowerCase().split(/\s+/);
  const fits = (tag) => (operation) => words.every((word) => says(operation, tag).includes(word));
  return tags
    .map((group, tag) => group.set("operations", group.get("operations").filter(fits(tag))))
    .filter((group) => group.get("operations").size > 0);
};

const ours = ({ React }) => {
  const h = React.createElement;

  const Key = ({ authActions }) => {
    const [key, change] = React.useState("");
    const [used, use] = React.useState(false);
    const submit = (event) => {
      event.preventDefault();
      if (key.trim()) {
        const schema = { type: "http", scheme: "bearer" };
        authActions.authorize({ bearer: { name: "bearer", schema, value: key.trim() } });
      } else {
        authActions.logout(["bearer"]);
      }
      use(Boolean(key.trim()));
    };
    return h(
      "form",
      { className: "key", onSubmit: submit, "aria-label": "API key" },
      h("label", { htmlFor: "key" }, "API key"),
      h("input", {
        id: "key",
        type: "password",
        autoComplete: "off",
        value: key,
        onChange: (event) => change(event.target.value),
      }),
      h("button", { className: "btn" }, "Use this key"),
      h("span", { role: "status" }, used ? "The calls of this page have the key." : ""),
    );
  };

  const Search = ({ layoutSelectors, layoutActions }) => {
    const phrase = layoutSelectors.currentFilter();
    return h(
      "div",
      { className: "wrapper", role: "search" },
      h("h2", null, "Operations"),
      h("label", { htmlFor: "search" }, "Search in paths and summaries"),
      h("input", {
        id: "search",
        type: "search",
        value: typeof phrase === "string" ? phrase : "",
        onChange: (event) => layoutActions.updateFilter(event.target.value),
      }),
    );
  };

  const nothing = () => null;

  return {
    fn: { opsFilter },
    components: {
      AuthorizeBtnContainer: Key, // the viewer's own is a dialog that asks for two headers, one of which is enough
      authorizeOperationBtn: nothing,
      FilterContainer: Search,
      ServersContainer: nothing, // there is one server, the one that served this page
      DeepLink: ({ text }) => h("span", null, text), // it stands in a button, where no link may be
    },
    wrapComponents: {
      InfoContainer: (Info) => (props) => h("header", { role: "banner" }, h(Info, props)),
    },
  };
};

// Names for what the viewer leaves without one, whenever it has drawn something.
const name = (element, text) => element.hasAttribute("aria-label") || element.setAttribute("aria-label", text);
const mend = (viewer) => {
  for (const select of viewer.querySelectorAll("tr[data-param-name] select")) {
    name(select, select.closest("tr").dataset.paramName);
  }
  for (const table of viewer.querySelectorAll("table[role=region]")) {
    name(table, `Responses: ${table.closest(".opblock").querySelector(".opblock-summary-path").textContent}`);
  }
};
const viewer = document.getElementById("viewer");
new MutationObserver(() => mend(viewer)).observe(viewer, { childList: true, subtree: true });

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#viewer",
  plugins: [ours],
  deepLinking: true,
  filter: true,
  validatorUrl: null,
  docExpansion: "none", // the viewer stops drawing at about 135 operations: a group lists its own when it is opened
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  syntaxHighlight: { activated: true, theme: "tomorrow-night" },
});
