// Brings what `npm start` and `npm test` need onto the machine, so that a fresh clone works with either alone.
// Runs before anything is installed: plain JavaScript, no dependency, and Node 20 is enough.
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockPath = join(root, '.setup-lock');
const lockDeadlineMs = 10 * 60_000;
const pinnedNode = join(root, 'node_modules', '.bin', 'node');
const debian = join(root, 'node_modules', '.cache', 'debian');
const unpacked = join(debian, 'usr', 'bin');

const PROMETHEUS = {
  packages: ['prometheus', 'prometheus-redis-exporter'],
  programs: ['prometheus', 'promtool', 'prometheus-redis-exporter'],
};

const modes = { start: setUpStart, test: setUpTest };

function main(mode) {
  const setUp = Object.hasOwn(modes, mode) ? modes[mode] : undefined;
  if (setUp === undefined) fail('usage: node scripts/setup.mjs start|test');
  setUp();
}

function setUpStart() {
  installIfMissing('start');
  checkNode();
}

function setUpTest() {
  installIfMissing('test');
  checkNode();
  if (!onPath('redis-server')) installRedis();
  if (!PROMETHEUS.programs.every((name) => onPath(name) || isExecutable(join(unpacked, name))))
    unpackPrometheus();
}

// --- packages ---------------------------------------------------------------------------------------------

function installIfMissing(mode) {
  if (isInstalled(mode)) return;
  withLock(() => {
    if (!isInstalled(mode)) install(mode);
  });
}

function isInstalled(mode) {
  const installed = readPackages('node_modules/.package-lock.json');
  if (installed === undefined) return false;
  return Object.entries(readPackages('package-lock.json') ?? {})
    .filter(([path, entry]) => path !== '' && isRequired(entry, mode))
    .every(([path, entry]) => isSame(entry, installed[path]) && existsSync(join(root, path, 'package.json')));
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined; // absent, or half written by an npm that was killed
  }
}

function isRequired(entry, mode) {
  if (mode === 'start' && entry.dev) return false;
  // The only optional packages of production are the pinned Node: an image made without them brings its own.
  if (mode === 'start' && entry.optional && process.features.typescript) return false;
  // An optional package with a platform is a native binary: needed on that platform only. Without one it hangs
  // below such a binary (npm leaves it out on other platforms) and cannot be judged from the lock alone.
  return entry.optional || entry.devOptional ? isForThisPlatform(entry) : true;
}

function isForThisPlatform({ os, cpu, libc }) {
  if (os === undefined || cpu === undefined) return false;
  const libcFits = libc === undefined || [libc].flat().includes(libcName());
  return [os].flat().includes(process.platform) && [cpu].flat().includes(process.arch) && libcFits;
}

function libcName() {
  process.report.excludeNetwork = true; // else the report looks up a name for every network interface
  libcName.cached ??= process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
  return libcName.cached;
}

function isSame(wanted, found) {
  return found !== undefined && found.version === wanted.version && found.integrity === wanted.integrity;
}

function install(mode) {
  const installed = readPackages('node_modules/.package-lock.json');
  const keepDev = Object.values(installed ?? {}).some((entry) => entry.dev);
  const dev = mode === 'test' || keepDev ? '--include=dev' : '--omit=dev';
  say(`installing packages (${dev === '--omit=dev' ? 'production only' : 'with development tools'}) ...`);
  // `npm ci` empties node_modules first, under the feet of a gateway that runs from it; adding to it does not.
  const added = installed !== undefined && npm('install', '--no-save', dev) && isInstalled(mode);
  if (!added && !npm('ci', dev)) fail('npm could not install the packages; its message is above.');
  dropPinnedNodeThatCannotRun();
}

function npm(...args) {
  // The npm that runs this script, on its own Node: ours may be the pinned one, which `npm ci` is about to delete.
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  const [command, first] = cli ? [node ?? process.execPath, [cli]] : ['npm', []];
  const options = { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: npmEnvironment() };
  return spawnSync(command, [...first, ...args, '--include=optional'], options).status === 0;
}

function npmEnvironment() {
  const env = { ...process.env, npm_config_update_notifier: 'false' };
  // `npm --prefix DIR start` hands these on, and npm would take a relative DIR from the new working directory.
  for (const name of ['npm_config_prefix', 'npm_config_local_prefix']) delete env[name];
  return env;
}

// --- node -------------------------------------------------------------------------------------------------

/** The pinned build is linked with glibc: on musl its link would hide a system Node that works. */
function dropPinnedNodeThatCannotRun() {
  if (!existsSync(pinnedNode)) return;
  if (spawnSync(pinnedNode, ['--version'], { stdio: 'ignore' }).status !== 0) rmSync(pinnedNode);
}

function checkNode() {
  if (existsSync(pinnedNode) || process.features.typescript) return;
  fail(
    `Node 22.18 or newer is needed and this is ${process.version}: the Node that this project pins is not installed ` +
      '(no build for this platform, or npm could not download it), so install Node 24 and run this again.',
  );
}

// --- redis ------------------------------------------------------------------------------------------------

function installRedis() {
  const prefix = existsSync('/usr/bin/apt-get') ? rootPrefix() : undefined;
  if (prefix !== undefined) {
    say('installing redis-server with apt-get ...');
    aptGet(prefix, 'update', '-qq');
    aptGet(prefix, 'install', '-y', '-qq', '--no-install-recommends', 'redis-server');
  }
  if (onPath('redis-server')) return;
  const advice = 'install redis-server 7 (Debian: apt-get install redis-server) to run the Redis tests.';
  if (isCi()) fail(advice);
  say(advice);
}

// --- prometheus -------------------------------------------------------------------------------------------

/** Unpacked, not installed: Debian would start a service on port 9090, where the gateway's own metrics are. */
function unpackPrometheus() {
  if (existsSync('/usr/bin/apt-get')) {
    say('unpacking prometheus and its exporter of redis ...');
    mkdirSync(debian, { recursive: true });
    if (!unpackDebian(PROMETHEUS.packages)) {
      const prefix = rootPrefix();
      if (prefix !== undefined) aptGet(prefix, 'update', '-qq');
      unpackDebian(PROMETHEUS.packages);
    }
  }
  if (PROMETHEUS.programs.every((name) => onPath(name) || isExecutable(join(unpacked, name)))) return;
  const advice = `put ${PROMETHEUS.programs.join(', ')} on the path (Debian: ${PROMETHEUS.packages.join(', ')}) to test the alerts and dashboards.`;
  if (isCi()) fail(advice);
  say(advice);
}

function unpackDebian(packages) {
  const options = { cwd: debian, stdio: 'ignore' };
  const download = ['-qq', '-o', 'APT::Sandbox::User=root', 'download', ...packages];
  if (spawnSync('apt-get', download, options).status !== 0) return false;
  const files = readdirSync(debian).filter((name) => name.endsWith('.deb'));
  const done = files.every((file) => spawnSync('dpkg-deb', ['-x', file, '.'], options).status === 0);
  for (const file of files) rmSync(join(debian, file));
  return done;
}

function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

function aptGet(prefix, ...args) {
  // `env`, because sudo clears the environment. Another apt may be at work: wait for its lock.
  const command = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  const [file, ...rest] = [...command, '-o', 'DPkg::Lock::Timeout=120', ...args];
  return spawnSync(file, rest, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

function isCi() {
  return ![undefined, '', '0', 'false'].includes(process.env.CI);
}

function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, name)));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// --- one install at a time --------------------------------------------------------------------------------

/** The lock is a dangling symlink whose target is the owner's pid: made and filled in one atomic call. */
function withLock(work) {
  const deadline = Date.now() + lockDeadlineMs;
  for (let tries = 1; !tryLock(); tries += 1) {
    if (tries === 2) say('waiting for another install in this folder ...'); // the first try clears a stale lock
    if (Date.now() > deadline)
      fail('another install holds .setup-lock; remove that file if none is running.');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  process.once('exit', unlock);
  work();
  process.off('exit', unlock);
  unlock();
}

function tryLock() {
  try {
    symlinkSync(String(process.pid), lockPath);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') fail(`cannot write in ${root}: ${error.message}`);
    removeStaleLock();
    return false;
  }
}

function removeStaleLock() {
  try {
    process.kill(Number(readlinkSync(lockPath)), 0);
  } catch (error) {
    if (error.code === 'ESRCH') unlock(); // its owner was killed; EPERM means alive, ENOENT just released
  }
}

function unlock() {
  try {
    unlinkSync(lockPath);
  } catch {
    // already gone
  }
}

function say(text) {
  console.error(`llm-edge-agent: ${text}`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

main(process.argv[2]);
