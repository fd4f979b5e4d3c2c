package org.kemari.shell.internal.commands;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.console.History;
import org.apache.karaf.shell.api.console.Session;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;

/** A session with somebody at its terminal, who types what was set before, or with nobody. */
final class FakeSession {
    final List<String> prompts = new ArrayList<>();
    private final Terminal terminal;
    private final String answer;
    private final boolean typed;

    private FakeSession(Terminal terminal, String answer, boolean typed) {
        this.terminal = terminal;
        this.answer = answer;
        this.typed = typed;
    }

    static FakeSession without() {
        return new FakeSession(null, null, false);
    }

    /** @param typed both the answer to a question and the keys that are pressed */
    static FakeSession with(String typed) throws IOException {
        return new FakeSession(terminal(typed), typed, true);
    }

    /** A session below another one: it sees that one's terminal, but nobody types in it. */
    static FakeSession watched() throws IOException {
        return new FakeSession(terminal(""), null, false);
    }

    private static Terminal terminal(String typed) throws IOException {
        DumbTerminal terminal =
                new DumbTerminal(new ByteArrayInputStream(typed.getBytes()), new ByteArrayOutputStream());
        terminal.setSize(new Size(200, 50));
        return terminal;
    }

    /** What Karaf would give to a command. */
    Session session() {
        return (Session) Proxy.newProxyInstance(
                Session.class.getClassLoader(), new Class<?>[] {Session.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "get":
                            return arguments[0].equals(".jline.terminal") ? terminal : null;
                        case "getHistory":
                            return typed ? fake(History.class) : null;
                        case "readLine":
                            prompts.add((String) arguments[0]);
                            return answer;
                        case "getTerminal":
                            return fake(org.apache.karaf.shell.api.console.Terminal.class);
                        default:
                            throw new AssertionError("not expected: " + method);
                    }
                });
    }

    private Object fake(Class<?> type) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getName().equals("getHeight")) {
                return terminal.getHeight();
            }
            throw new AssertionError("not expected: " + method);
        });
    }
}
