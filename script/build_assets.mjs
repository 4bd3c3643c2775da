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
const usedClasses = new Set(ours.match(/utrecht-[a-z0-9_-]+/g) ?? []);

/** Keep the selectors whose every design-system class is used; drop the rest. */
function onlyUsed(css) {
    const sheet = postcss.parse(css);
    sheet.walkComments((comment) => comment.remove());
    sheet.walkAtRules("charset", (rule) => rule.remove());
    sheet.walkRules((rule) => {
        if (rule.parent?.type === "atrule" && /keyframes$/.test(rule.parent.name)) return;
        // A field is not wrong before anybody has written in it, so the browser's own view is left out.
        const kept = rule.selectors.filter((selector) => !/:(user-)?invalid/.test(selector) &&
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

/**
 * Write the design system's own tokens into its rules, and drop fall-backs that never apply:
 * what is left refers only to tokens that our theme sets. A third of the bytes remain.
 */
function withTokens(sheet, tokens) {
    const given = new Map();
    postcss.parse(tokens).walkDecls(/^--/, (decl) => given.set(decl.prop, decl.value));
    const themed = new Set(ownCss.match(/--[\w-]+(?=\s*:)/g) ?? []);
    // Set by one rule for some elements only, so their fall-backs still count.
    const local = new Set();
    sheet.walkDecls(/^--/, (decl) => local.add(decl.prop));
    sheet.walkDecls((decl) => {
        const value = resolved(decl.value, { given, themed, local });
        if (value === null) decl.remove();
        else decl.value = value;
    });
    withoutEmpty(sheet);
    return sheet;
}

/** @returns {string | null} null when it refers to a token that nobody sets */
function resolved(value, known) {
    const start = value.indexOf("var(");
    if (start < 0) return value;
    let depth = 0, comma = -1, end = start + 3;
    for (; end < value.length; end += 1) {
        if (value[end] === "(") depth += 1;
        else if (value[end] === ")" && (depth -= 1) === 0) break;
        else if (value[end] === "," && depth === 1 && comma < 0) comma = end;
    }
    const name = value.slice(start + 4, comma < 0 ? end : comma).trim();
    let here;
    const otherwise = comma < 0 ? null : resolved(value.slice(comma + 1, end).trim(), known);
    if (known.themed.has(name)) here = `var(${name})`;
    else if (known.local.has(name)) here = otherwise === null ? `var(${name})` : `var(${name},${otherwise})`;
    else if (known.given.has(name)) here = resolved(known.given.get(name), known);
    else here = otherwise;
    const rest = resolved(value.slice(end + 1), known);
    return here === null || rest === null ? null : value.slice(0, start) + here + rest;
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
// Paper has no other letter to fall back on; a page takes that of the machine it is read on.
for (const part of ["latin-ext", "greek", "cyrillic", "vietnamese"])
    publish(`noto-sans-${part}.woff2`, read(`@fontsource-variable/noto-sans/files/noto-sans-${part}-wght-normal.woff2`));
const fontFace = `@font-face{font-family:"Noto Sans";font-style:normal;font-weight:100 900;font-display:swap;src:url(${font}) format("woff2")}`;
const components = minified(withTokens(
    onlyUsed(text("@utrecht/component-library-css/dist/index.css")),
    text("@nl-design-system-unstable/voorbeeld-design-tokens/dist/variables.css")));
const notice = "/*! NL Design System, Utrecht components and Voorbeeld tokens: EUPL-1.2. Noto Sans: OFL-1.1. */";
publish("design-system.css", `${notice}\n${fontFace}${components}\n`);
publish("leaflet.js", script("leaflet/dist/leaflet.js"));
publish("leaflet.css", `/*! Leaflet: BSD-2-Clause */\n${withoutPictures(text("leaflet/dist/leaflet.css"))}\n`);
publish("markercluster.js", script("leaflet.markercluster/dist/leaflet.markercluster.js"));
publish("markercluster.css", `/*! Leaflet.markercluster: MIT */\n${withoutPictures(text("leaflet.markercluster/dist/MarkerCluster.css"))}\n`);

writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
const old = `${vendor}.old-${process.pid}`;
if (existsSync(vendor)) renameSync(vendor, old);
renameSync(fresh, vendor);
rmSync(old, { recursive: true, force: true });
