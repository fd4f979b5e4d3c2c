package org.kemari.itests.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;

/** A host as an operator's terminal sees it: over SSH. The host must have been started {@link KemariHost#withShell}. */
public final class HostShell implements AutoCloseable {
    /** Somebody who may only look; the password is the same. */
    public static final String VIEWER = "viewer";

    static final int PORT = 8101;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SshClient client = SshClient.setUpDefaultClient();
    private final String address;
    private final String user;
    private final String password;

    private HostShell(KemariHost host, String user, String password) {
        this.address = host.consoleAddress();
        this.user = user;
        this.password = password;
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        client.start();
    }

    /** The operator's shell. */
    public static HostShell of(KemariHost host) {
        return new HostShell(host, HostConsole.USER, HostConsole.PASSWORD);
    }

    /** The shell of somebody who may only look. */
    public static HostShell ofViewer(KemariHost host) {
        return new HostShell(host, VIEWER, VIEWER);
    }

    /**
     * What a command has said.
     *
     * @param status 0 if it has succeeded
     * @param text what it has printed, colours left out
     */
    public record Answer(int status, String text) {}

    /** Runs a command without a terminal, as {@code ssh host command} does. */
    public Answer run(String command) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (ClientSession session = connect();
                ChannelExec channel = session.createExecChannel(command)) {
            channel.setOut(said);
            channel.setErr(said);
            channel.open().verify(PATIENCE);
            if (channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE).contains(ClientChannelEvent.TIMEOUT)) {
                throw new IOException(
                        "no end of " + command + " within " + PATIENCE.toSeconds() + " s; it says: " + said);
            }
            Integer status = channel.getExitStatus();
            return new Answer(status == null ? -1 : status, plain(said));
        }
    }

    /** Opens a terminal. */
    public Terminal terminal() throws IOException {
        return new Terminal(connect());
    }

    private ClientSession connect() throws IOException {
        ClientSession session =
                client.connect(user, address, PORT).verify(PATIENCE).getSession();
        session.addPasswordIdentity(password);
        session.auth().verify(PATIENCE);
        return session;
    }

    private static String plain(ByteArrayOutputStream said) {
        return said.toString(StandardCharsets.UTF_8).replaceAll("\u001b\\[[0-9;?]*[a-zA-Z]", "");
    }

    @Override
    public void close() {
        client.stop();
    }

    /** A terminal, with a person at it. */
    public static final class Terminal implements AutoCloseable {
        private final ClientSession session;
        private final ChannelShell channel;
        private final ByteArrayOutputStream said = new ByteArrayOutputStream();
        private final OutputStream keyboard;

        private Terminal(ClientSession session) throws IOException {
            this.session = session;
            this.channel = session.createShellChannel();
            channel.setPtyType("xterm");
            channel.setPtyColumns(200);
            channel.setPtyLines(50);
            channel.setOut(said);
            channel.setErr(said);
            channel.open().verify(PATIENCE);
            this.keyboard = channel.getInvertedIn();
        }

        /** Forgets what is on the screen and presses keys. */
        public void type(String keys) throws IOException {
            said.reset();
            keyboard.write(keys.getBytes(StandardCharsets.UTF_8));
            keyboard.flush();
        }

        /** Waits until something is on the screen that matches a regular expression. */
        public void await(String regex) throws TimeoutException {
            try {
                Await.until("the screen shows " + regex, PATIENCE, () -> plain(said)
                        .lines()
                        .anyMatch(line -> line.matches(".*" + regex + ".*")));
            } catch (TimeoutException e) {
                throw new TimeoutException(e.getMessage() + "; it shows: " + plain(said));
            }
        }

        @Override
        public void close() throws IOException {
            channel.close(true);
            session.close();
        }
    }
}
