package org.kemari.shell.internal.commands;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.utils.NonBlockingReader;

/** The keys of a terminal, without waiting for the end of a line. */
final class TerminalKeys implements Keys {
    private final Terminal terminal;
    private final Attributes before;
    private final SignalHandler handlerBefore;
    private volatile boolean interrupted;

    TerminalKeys(Terminal terminal) {
        this.terminal = terminal;
        Thread reader = Thread.currentThread();
        handlerBefore = terminal.handle(Signal.INT, signal -> {
            interrupted = true;
            reader.interrupt();
        });
        before = terminal.enterRawMode();
    }

    @Override
    public boolean pressedWithin(long millis) throws IOException {
        try {
            // a key, or the end of the input
            return interrupted || terminal.reader().read(millis) != NonBlockingReader.READ_EXPIRED;
        } catch (InterruptedIOException e) {
            return true;
        }
    }

    @Override
    public void close() {
        terminal.setAttributes(before);
        terminal.handle(Signal.INT, handlerBefore);
        // what ended the view ends nothing else
        Thread.interrupted();
    }
}
