package org.kemari.itests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** One host: a Karaf with Kemari, started from the assembly, in a network namespace of its own. */
public final class KemariHost implements AutoCloseable {
    private static final Duration BOOT_PATIENCE = Duration.ofSeconds(180);
    private static final Duration HALT_PATIENCE = Duration.ofSeconds(30);
    private static final Duration DUMP_PATIENCE = Duration.ofSeconds(5);
    private static final long BOOT_STEP_MILLIS = 200;

    private final Lab lab;
    private final String name;
    private final String address;
    private final Path base;
    private final Path assembly;
    private final HostFiles files;
    private Process process;
    private HostConsole console;
    private boolean booted;
    private boolean withShell;
    private List<String> moreOptions = List.of();

    private KemariHost(Lab lab, String name) {
        this.lab = lab;
        this.name = name;
        this.address = lab.network().addHost(name);
        this.assembly = lab.root().resolve("features/assembly/target/assembly");
        this.base = lab.workspace().resolve(name);
        this.files = new HostFiles(lab, name, base);
        if (!Files.isRegularFile(assembly.resolve("etc/startup.properties"))) {
            throw new IllegalStateException("the assembly is not built: there is no " + assembly);
        }
    }

    /** Makes a host with its files; start it next. */
    public static KemariHost create(Lab lab, String name, List<String> allHosts) {
        KemariHost host = new KemariHost(lab, name);
        host.files.write(host.assembly, allHosts);
        return lab.closeLater(host);
    }

    /** Makes a machine from the same assembly that runs a ZooKeeper server and no guests; see {@link Witness}. */
    static KemariHost createWitness(Lab lab, String name, int port) {
        KemariHost host = new KemariHost(lab, name);
        host.files.writeWitness(host.assembly, port);
        return lab.closeLater(host);
    }

    public String name() {
        return name;
    }

    public String address() {
        return address;
    }

    /** Where this host's console is, {@link HostConsole#connect}. */
    String consoleAddress() {
        return lab.network().address(name, Wire.CONSOLE);
    }

    /** Where this host's page is, for a {@link Browser} of the laboratory. */
    public String pageAddress() {
        return "http://" + consoleAddress() + ":8181/kemari/";
    }

    /** The same for consoles that others have written. */
    public String jmxUrl() {
        return HostConsole.url(consoleAddress());
    }

    public HostFiles files() {
        return files;
    }

    /** From the next start on, {@link HostShell} finds an SSH server there. */
    public KemariHost withShell() {
        withShell = true;
        return this;
    }

    /** From the next start on, Java is run with these options, too. */
    public KemariHost withOptions(String... options) {
        moreOptions = List.of(options);
        return this;
    }

    /** Begins to start Kemari; see {@link #awaitReady}. */
    public void start() {
        try {
            if (!booted) {
                // what a start that came to nothing has cached may be half written
                Lab.deleteTree(base.resolve("data/cache"));
            }
            booted = false;
            Files.createDirectories(base.resolve("data/log"));
            Files.createDirectories(base.resolve("data/tmp"));
            process = new ProcessBuilder(lab.network().command(name, karafCommand()))
                    .directory(base.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            base.resolve("data/log/console.log").toFile()))
                    .start();
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until Kemari's MBean of this host is there. */
    public HostConsole awaitReady() throws TimeoutException {
        Await.until(name + " is up", BOOT_PATIENCE, BOOT_STEP_MILLIS, () -> {
            requireRunning();
            if (console == null) {
                console = HostConsole.connect(consoleAddress());
            }
            return name.equals(console.host().getName());
        });
        booted();
        return console;
    }

    /** What it has cached is whole: the next start may use it. */
    void booted() {
        booted = true;
    }

    /** To be called by conditions that can only hold while it runs. */
    void requireRunning() {
        if (!process.isAlive()) {
            throw new Await.AbortWaiting(
                    "Karaf of " + name + " has ended with status " + process.exitValue() + "; see its log");
        }
    }

    /** The console of the running host. */
    public HostConsole console() {
        if (console == null) {
            throw new IllegalStateException(name + " is not up");
        }
        return console;
    }

    /** A console of the running host for another user than the operator of the laboratory, who may do everything. */
    public HostConsole consoleAs(String user, String password) throws IOException {
        return HostConsole.connect(consoleAddress(), user, password);
    }

    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    public long jvmPid() {
        return process.pid();
    }

    /** Process ids of everything that runs on this host. */
    public List<Long> pids() {
        return Shell.run("ip netns pids " + name)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(Long::valueOf)
                .toList();
    }

    /** Process ids of everything on this host but its Kemari: the hypervisors. */
    public List<Long> hypervisorPids() {
        return pids().stream()
                .filter(pid -> process == null || pid != process.pid())
                .toList();
    }

    /** Ends the JVM with SIGKILL. */
    public void killJvm() {
        if (process != null) {
            process.destroyForcibly();
            forgetConsole();
        }
    }

    /** Ends the hypervisors with SIGKILL. */
    public void killHypervisors() {
        kill(hypervisorPids());
    }

    /** Ends everything on this host with SIGKILL, at once. */
    public void killEverything() {
        kill(pids());
        forgetConsole();
    }

    /** Sends SIGKILL to all of them before looking at any of them. */
    public static void kill(List<Long> pids) {
        List<ProcessHandle> handles = new ArrayList<>();
        for (long pid : pids) {
            ProcessHandle.of(pid).ifPresent(handles::add);
        }
        handles.forEach(ProcessHandle::destroyForcibly);
    }

    /** Ends everything on this host as a power failure does; {@link #start} boots it. Its disks stay as they are. */
    public void powerOff() throws TimeoutException {
        killEverything();
        awaitDead();
        files.forgetMemory();
    }

    /** Ends Kemari with SIGKILL and starts it again, while the hypervisors run on. */
    public void restartKemari() throws TimeoutException {
        killJvm();
        awaitKemariDead();
        start();
    }

    /** Ends Kemari as an operator does, and waits for its end; what becomes of the guests is up to it. */
    public void haltKemari() throws TimeoutException, IOException {
        console().halt();
        awaitKemariDead();
        forgetConsole();
    }

    private void awaitKemariDead() throws TimeoutException {
        Await.until("Kemari on " + name + " has ended", HALT_PATIENCE, () -> !isRunning());
    }

    /** Stops everything on this host where it is, as a host that hangs; it knows nothing of it. */
    public void freeze() {
        signal("-STOP");
    }

    /** Lets a frozen host go on. */
    public void thaw() {
        signal("-CONT");
    }

    private void signal(String signal) {
        List<String> command = new ArrayList<>(List.of("kill", signal));
        pids().forEach(pid -> command.add(Long.toString(pid)));
        if (command.size() > 2) {
            // one of them may just have ended
            Shell.tryRun(command);
        }
    }

    /** Waits until nothing runs on this host. */
    public void awaitDead() throws TimeoutException {
        Await.until(name + " is dead", Duration.ofSeconds(10), () -> pids().isEmpty() && !isRunning());
    }

    private void forgetConsole() {
        if (console != null) {
            console.forget();
            console = null;
        }
    }

    /** Has a running Kemari tell where its threads are; that goes into its console log. */
    private void dumpThreads() {
        if (!isRunning()) {
            return;
        }
        Path log = base.resolve("data/log/console.log");
        Shell.tryRun(List.of("kill", "-QUIT", Long.toString(process.pid())));
        try {
            Await.until("threads are dumped", DUMP_PATIENCE, () -> Files.readString(log)
                    .contains("JNI global refs"));
        } catch (TimeoutException e) {
            System.err.println("kemari: " + name + " does not tell where its threads are");
        }
    }

    /** Copies the logs of this host and of its hypervisors into a directory. */
    public void saveLogs(Path into) {
        dumpThreads();
        Path target = into.resolve(name);
        Lab.deleteTree(target);
        try {
            Files.createDirectories(target);
            copyLogs(base.resolve("data/log"), target);
            copyLogs(files.runRoot(), target);
            copyLogs(files.consoles(), target);
            Path etc = base.resolve("etc/kemari");
            if (Files.isDirectory(etc)) {
                Lab.copyTree(etc, target.resolve("etc"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyLogs(Path from, Path target) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> all = Files.walk(from, new FileVisitOption[0])) {
            for (Path file : all.filter(p -> p.toString().endsWith(".log")).toList()) {
                Files.copy(file, target.resolve(from.relativize(file).toString().replace('/', '-')));
            }
        }
    }

    @Override
    public void close() {
        if (process != null) {
            killEverything();
            try {
                awaitDead();
            } catch (TimeoutException e) {
                System.err.println("kemari: " + e.getMessage());
            }
        }
    }

    /** What bin/karaf does, without the shell around it: the process is the JVM itself. */
    private List<String> karafCommand() throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        words.addAll(shippedOptions());
        words.addAll(moreOptions);
        words.addAll(List.of("--add-reads=java.xml=java.logging"));
        words.add("--add-exports=java.base/org.apache.karaf.specs.locator=java.xml,ALL-UNNAMED");
        words.addAll(List.of("--patch-module", "java.base=" + endorsed("org.apache.karaf.specs.locator-")));
        words.addAll(List.of("--patch-module", "java.xml=" + endorsed("org.apache.karaf.specs.java.xml-")));
        for (String open : List.of(
                "java.base/java.security",
                "java.base/java.net",
                "java.base/java.lang",
                "java.base/java.util",
                "java.naming/javax.naming.spi",
                "java.rmi/sun.rmi.transport.tcp")) {
            words.addAll(List.of("--add-opens", open + "=ALL-UNNAMED"));
        }
        for (String export : List.of(
                "java.base/sun.net.www.protocol.file",
                "java.base/sun.net.www.protocol.ftp",
                "java.base/sun.net.www.protocol.http",
                "java.base/sun.net.www.protocol.https",
                "java.base/sun.net.www.protocol.jar",
                "java.base/sun.net.www.content.text",
                "jdk.xml.dom/org.w3c.dom.html",
                "jdk.naming.rmi/com.sun.jndi.url.rmi",
                "java.rmi/sun.rmi.registry",
                "java.security.sasl/com.sun.security.sasl",
                "java.naming/com.sun.jndi.ldap")) {
            words.add("--add-exports=" + export + "=ALL-UNNAMED");
        }
        words.add("-Djava.rmi.server.hostname=" + consoleAddress());
        words.add("-Dkaraf.home=" + assembly);
        words.add("-Dkaraf.base=" + base);
        words.add("-Dkaraf.data=" + base.resolve("data"));
        words.add("-Dkaraf.etc=" + base.resolve("etc"));
        words.add("-Dkaraf.log=" + base.resolve("data/log"));
        words.add("-Dkaraf.lock=false");
        words.add("-Dkaraf.startLocalConsole=false");
        words.add("-Dkaraf.startRemoteShell=" + withShell);
        words.add("-Djna.tmpdir=" + base.resolve("data/tmp"));
        words.add("-Djava.io.tmpdir=" + base.resolve("data/tmp"));
        words.add("-Djava.util.logging.config.file=" + base.resolve("etc/java.util.logging.properties"));
        words.add("-classpath");
        words.add(assembly.resolve("lib/boot") + "/*:" + assembly.resolve("lib/jdk9plus") + "/*");
        words.add("org.apache.karaf.main.Main");
        return words;
    }

    /** What the assembly's {@code bin/setenv} runs Java with. */
    private List<String> shippedOptions() {
        String options = Shell.run(List.of(
                "sh",
                "-c",
                "KARAF_SCRIPT=karaf; unset EXTRA_JAVA_OPTS; . \"$1\"; echo $EXTRA_JAVA_OPTS",
                "sh",
                assembly.resolve("bin/setenv").toString()));
        return List.of(options.strip().split(" +"));
    }

    private Path endorsed(String prefix) throws IOException {
        try (Stream<Path> jars = Files.list(assembly.resolve("lib/endorsed"))) {
            return jars.filter(jar -> jar.getFileName().toString().matches(prefix.replace(".", "\\.") + "\\d.*"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no " + prefix + "*.jar in " + assembly));
        }
    }
}
