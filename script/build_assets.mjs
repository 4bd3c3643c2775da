// Builds static/vendor and its manifest: only the design system's rules and
// tokens that our pages use, one font, and the map library, under hashed names.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import postcss from "postcss";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const vendor = join(root, "static", "vendor");
const packages = join(root, "node_modules");

/** @returns {string[]} every file below a folder of the project with one of these endings */
function filesBelow(folder, endings) {
    const start = join(root, folder);
    if (!existsSync(start)) return [];
    return readdirSync(start, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && endings.includes(extname(entry.name)))
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
        .filter((path) => !path.startsWith(vendor))
        .sort();
}

const ours = [
    ...filesBelow("templates", [".html"]),
    ...filesBelow("static/js", [".js"]),
    ...filesBelow("app", [".py"]),
].map((path) => readFileSync(path, "utf8")).join("\n");
const ownCss = filesBelow("static/css", [".css"]).map((path) => readFileSync(path, "utf8")).join("\n");

/** Class names of the design system that our pages mention. */
const usedClasses = new Set(`${ours}\n${ownCss}`.match(/utrecht-[a-z0-9_-]+/g) ?? []);

/** Keep the selectors whose every design-system class is used; drop the rest. */
function onlyUsed(css) {
    const sheet = postcss.parse(css);
    sheet.walkComments((comment) => comment.remove());
    sheet.walkRules((rule) => {
        if (rule.parent?.type === "atrule" && /keyframes$/.test(rule.parent.name)) return;
        const kept = rule.selectors.filter((selector) =>
            (selector.match(/\.([a-z][\w-]*)/gi) ?? []).every((name) => usedClasses.has(name.slice(1))));
        if (kept.length === 0) rule.remove();
        else rule.selectors = kept;
    });
    withoutEmpty(sheet);
    return sheet;
}

function withoutEmpty(sheet) {
    sheet.walkRules((rule) => { if (rule.nodes.length === 0) rule.remove(); });
    sheet.walkAtRules((rule) => { if (rule.nodes && rule.nodes.length === 0) rule.remove(); });
}

/** Keep the tokens that something refers to, directly or through another token. */
function onlyNeededTokens(tokens, readers) {
    const declared = new Map();
    postcss.parse(tokens).walkDecls(/^--/, (decl) => declared.set(decl.prop, decl.value));
    const setByUs = new Set((ownCss.match(/--[\w-]+(?=\s*:)/g) ?? []));
    const needed = new Set();
    const open = readers.match(/--[\w-]+/g) ?? [];
    while (open.length > 0) {
        const name = open.pop();
        if (needed.has(name) || !declared.has(name) || setByUs.has(name)) continue;
        needed.add(name);
        open.push(...(declared.get(name).match(/--[\w-]+/g) ?? []));
    }
    const lines = [...declared].filter(([name]) => needed.has(name)).map(([name, value]) => `${name}:${value}`);
    return `:root{${lines.join(";")}}`;
}

function minified(css) {
    const sheet = typeof css === "string" ? postcss.parse(css) : css;
    sheet.walkComments((comment) => comment.remove());
    sheet.walkDecls((decl) => { decl.raws.between = ":"; decl.raws.before = ""; decl.value = decl.value.replace(/\s+/g, " "); });
    sheet.walkRules((rule) => { rule.raws = { between: "", before: "", after: "", semicolon: false }; rule.selector = rule.selectors.join(","); });
    sheet.walkAtRules((rule) => { rule.raws.before = ""; rule.raws.after = ""; rule.raws.between = ""; rule.raws.semicolon = false; });
    sheet.raws.after = "";
    return sheet.toString();
}

/** Leaflet's pictures are replaced by our own icons, so its rules must not ask for them. */
function withoutPictures(css) {
    const sheet = postcss.parse(css);
    sheet.walkDecls((decl) => { if (decl.value.includes("url(")) decl.remove(); });
    withoutEmpty(sheet);
    return minified(sheet);
}

const fresh = `${vendor}.new-${process.pid}`;
rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
const manifest = {};

/** Write one file under a name that changes with its content. */
function publish(name, content) {
    const ending = extname(name);
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
    const hashed = `${name.slice(0, -ending.length)}-${hash}${ending}`;
    writeFileSync(join(fresh, hashed), content);
    manifest[name] = hashed;
    return hashed;
}

const read = (path) => readFileSync(join(packages, path));
const text = (path) => read(path).toString("utf8");
/** A script without its pointer to a source map that we do not serve. */
const script = (path) => text(path).replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");

const font = publish("noto-sans.woff2", read("@fontsource-variable/noto-sans/files/noto-sans-latin-wght-normal.woff2"));
const fontFace = `@font-face{font-family:"Noto Sans";font-style:normal;font-weight:100 900;font-display:swap;src:url(${font}) format("woff2")}`;
const components = minified(onlyUsed(text("@utrecht/component-library-css/dist/index.css")));
const tokens = onlyNeededTokens(
    text("@nl-design-system-unstable/voorbeeld-design-tokens/dist/variables.css"), components + ownCss);
const notice = "/*! NL Design System, Utrecht components and Voorbeeld tokens: EUPL-1.2. Noto Sans: OFL-1.1. */";
publish("design-system.css", `${notice}\n${fontFace}${tokens}${components}\n`);
publish("leaflet.js", script("leaflet/dist/leaflet.js"));
publish("leaflet.css", `/*! Leaflet: BSD-2-Clause */\n${withoutPictures(text("leaflet/dist/leaflet.css"))}\n`);
publish("markercluster.js", script("leaflet.markercluster/dist/leaflet.markercluster.js"));
publish("markercluster.css", `/*! Leaflet.markercluster: MIT */\n${withoutPictures(text("leaflet.markercluster/dist/MarkerCluster.css"))}\n`);

writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
const old = `${vendor}.old-${process.pid}`;
if (existsSync(vendor)) renameSync(vendor, old);
renameSync(fresh, vendor);
rmSync(old, { recursive: true, force: true });
