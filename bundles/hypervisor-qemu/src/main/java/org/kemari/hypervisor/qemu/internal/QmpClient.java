package org.kemari.hypervisor.qemu.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.kemari.api.hypervisor.HypervisorException;

/**
 * A client of QEMU's monitor (QMP: one JSON object per line).
 *
 * <p>Who waits for a reply reads it from the socket itself, so that a command costs no hand-over between threads; the
 * reader's thread ({@link #run}) reads only while nobody waits, and dispatches the events, in order. Whoever holds the
 * lock owns the socket's reading side.
 */
final class QmpClient implements AutoCloseable {
    private static final String STOP = "STOP";
    private static final Set<String> EVENTS = Set.of("RESET", "SHUTDOWN", "GUEST_PANICKED", STOP);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String domain;
    private final QmpSocket socket;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, CompletableFuture<JsonNode>> pending = new HashMap<>();
    private final Queue<Runnable> completions = new ArrayDeque<>();
    private final Queue<QmpEvent> events = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<JsonNode> greeting = new CompletableFuture<>();
    private long lastId;
    private long stops;
    private boolean stopIsOurs;
    private boolean negotiated;
    private volatile HypervisorException broken;

    QmpClient(String domain, QmpSocket socket) {
        this.domain = domain;
        this.socket = socket;
    }

    /**
     * Reads until the connection ends or is closed. To be called by one thread, which gets the events.
     *
     * @param listener called for events of interest, in order
     */
    void run(Consumer<QmpEvent> listener) {
        while (broken == null) {
            try {
                socket.awaitAnything();
            } catch (IOException | RuntimeException e) {
                breakDown("cannot wait for the monitor", e);
            }
            lock.lock();
            try {
                readAvailable();
            } finally {
                unlock();
            }
            dispatch(listener);
        }
        dispatch(listener); // what somebody else read just before the end
    }

    private void dispatch(Consumer<QmpEvent> listener) {
        for (QmpEvent event = events.poll(); event != null; event = events.poll()) {
            listener.accept(event);
        }
    }

    /** Waits for the greeting and makes the monitor accept commands. Does nothing the second time. */
    void negotiate(Duration timeout) throws HypervisorException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            greeting.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new HypervisorException(
                    "the monitor of domain " + domain + " is silent after " + timeout.toMillis()
                            + " ms; it speaks only when every device has its backend",
                    e);
        } catch (ExecutionException e) {
            throw gone("anything");
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        lock.lock();
        try {
            if (!negotiated) {
                execute("qmp_capabilities", Map.of(), Duration.ofNanos(deadline - System.nanoTime()));
                negotiated = true;
            }
        } finally {
            unlock();
        }
    }

    /**
     * Executes a command and waits for its result.
     *
     * @return the result
     * @throws HypervisorException if QEMU refuses, does not answer in time, or is gone
     */
    JsonNode execute(String command, Map<String, ?> arguments, Duration timeout) throws HypervisorException {
        lockFor(command, timeout);
        try {
            return await(send(command, arguments, timeout), () -> false, command, timeout);
        } finally {
            unlock();
        }
    }

    /**
     * Executes a command that stops the guest, and lets it run again before it ends. Nobody else gets at the monitor
     * meanwhile, and nobody is told of this stop.
     *
     * @param stopped called when the guest has stopped, while the command goes on
     * @return the result
     * @throws HypervisorException as {@link #execute}; also if the guest did not stop, because it did not run
     */
    JsonNode executeStopping(String command, Map<String, ?> arguments, Duration timeout, Runnable stopped)
            throws HypervisorException {
        lockFor(command, timeout);
        try {
            stopIsOurs = true;
            long before = stops;
            CompletableFuture<JsonNode> reply = send(command, arguments, timeout);
            await(reply, () -> stops != before, command, timeout);
            if (stops == before) {
                throw new HypervisorException("the guest did not run");
            }
            stopped.run();
            return await(reply, () -> false, command, timeout);
        } finally {
            stopIsOurs = false;
            unlock();
        }
    }

    private void lockFor(String command, Duration timeout) throws HypervisorException {
        try {
            if (!lock.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw timedOut(command, timeout);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Reads until there is a reply, or what is waited for has happened. With the lock held. */
    private JsonNode await(
            CompletableFuture<JsonNode> reply, BooleanSupplier happened, String command, Duration timeout)
            throws HypervisorException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!reply.isDone() && !happened.getAsBoolean()) {
            if (readAvailable() > 0) {
                continue;
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (millis <= 0) {
                pending.values().remove(reply);
                throw timedOut(command, timeout);
            }
            waitReadable(millis);
        }
        return reply.isDone() ? result(reply) : MissingNode.getInstance();
    }

    /** Sends a command whose reply is awaited by nobody now; completes on the thread that happens to read it. */
    CompletableFuture<JsonNode> submit(String command, Map<String, ?> arguments, Duration timeout) {
        lock.lock();
        try {
            CompletableFuture<JsonNode> result = new CompletableFuture<>();
            send(command, arguments, timeout)
                    .whenComplete((value, failure) -> completions.add(() -> complete(result, value, failure)));
            return result.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).exceptionallyCompose(failure -> {
                boolean late = failure instanceof TimeoutException;
                return CompletableFuture.failedFuture(late ? timedOut(command, timeout) : failure);
            });
        } catch (HypervisorException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            unlock();
        }
    }

    boolean isBroken() {
        return broken != null;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            breakDown("the connection has been closed", null);
        } finally {
            unlock();
        }
    }

    private static void complete(CompletableFuture<JsonNode> result, JsonNode value, Throwable failure) {
        if (failure == null) {
            result.complete(value);
        } else {
            result.completeExceptionally(failure);
        }
    }

    private CompletableFuture<JsonNode> send(String command, Map<String, ?> arguments, Duration timeout)
            throws HypervisorException {
        if (broken != null) {
            throw gone(command);
        }
        long id = ++lastId;
        ObjectNode message = JSON.createObjectNode();
        message.put("execute", command);
        if (!arguments.isEmpty()) {
            ObjectNode values = message.putObject("arguments");
            arguments.forEach((name, value) -> put(values, name, value));
        }
        message.put("id", id);
        CompletableFuture<JsonNode> reply = new CompletableFuture<>();
        pending.put(id, reply);
        try {
            socket.write(JSON.writeValueAsBytes(message), System.nanoTime() + timeout.toNanos());
        } catch (IOException e) {
            pending.remove(id);
            breakDown("cannot send the command " + command, e);
            throw gone(command);
        }
        return reply;
    }

    /** By hand: what a mapper of objects would first have to find out about a map, a takeover would wait for. */
    private static void put(ObjectNode values, String name, Object value) {
        if (value instanceof Boolean b) {
            values.put(name, b);
        } else if (value instanceof String text) {
            values.put(name, text);
        } else {
            throw new IllegalArgumentException(
                    "argument " + name + " of a command is neither text nor truth: " + value);
        }
    }

    /** Reads what is there; 0 if nothing is. With the lock held. */
    private int readAvailable() {
        if (broken != null) {
            return 0;
        }
        try {
            int count = socket.readAvailable(this::line);
            if (count < 0) {
                breakDown("QEMU has closed its monitor", null);
            }
            return count;
        } catch (IOException | RuntimeException e) {
            breakDown("the monitor's connection failed", e);
            return 0;
        }
    }

    private void line(byte[] bytes, int offset, int length) throws IOException {
        JsonNode message;
        try {
            message = JSON.readTree(bytes, offset, length);
        } catch (JsonProcessingException e) {
            throw new IOException("the monitor did not send JSON: " + e.getOriginalMessage(), e);
        }
        if (message.has("QMP")) {
            greeting.complete(message);
        } else if (message.has("event")) {
            event(message);
        } else {
            CompletableFuture<JsonNode> reply = message.path("id").isIntegralNumber()
                    ? pending.remove(message.get("id").longValue())
                    : null;
            if (reply == null) {
                return; // the reply to a command that has been given up
            }
            if (message.has("return")) {
                reply.complete(message.get("return"));
            } else {
                JsonNode error = message.path("error");
                reply.completeExceptionally(
                        new HypervisorException(error.path("desc").asText(message.toString())));
            }
        }
    }

    private void event(JsonNode message) {
        String name = message.get("event").asText();
        if (name.equals(STOP)) {
            stops++;
            if (stopIsOurs) {
                return;
            }
        }
        if (EVENTS.contains(name)) {
            events.add(new QmpEvent(name, message.path("data")));
            socket.wakeUp();
        }
    }

    private void waitReadable(long millis) throws HypervisorException {
        try {
            socket.awaitReply(millis);
        } catch (IOException | RuntimeException e) {
            breakDown("cannot wait for the monitor", e);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new HypervisorException("interrupted while waiting for QEMU of domain " + domain);
        }
    }

    private JsonNode result(CompletableFuture<JsonNode> reply) throws HypervisorException {
        try {
            return reply.join();
        } catch (RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new HypervisorException(cause.getMessage(), cause);
        }
    }

    private HypervisorException gone(String command) {
        return new HypervisorException("cannot execute " + command + ": " + broken.getMessage(), broken);
    }

    private HypervisorException timedOut(String command, Duration timeout) {
        return new HypervisorException(
                "QEMU of domain " + domain + " has not answered " + command + " within " + timeout.toMillis() + " ms");
    }

    private HypervisorException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new HypervisorException("interrupted while waiting for QEMU of domain " + domain, cause);
    }

    private void breakDown(String what, Exception cause) {
        lock.lock();
        try {
            if (broken == null) {
                String detail = cause == null ? "" : ": " + cause.getMessage();
                broken = new HypervisorException(
                        "no connection to QEMU of domain " + domain + " (" + what + detail + ")");
            }
            pending.values().forEach(reply -> reply.completeExceptionally(broken));
            pending.clear();
            greeting.completeExceptionally(broken);
            socket.close();
        } finally {
            unlock();
        }
    }

    /** Completions run without the lock: what depends on them is not ours. */
    private void unlock() {
        if (lock.getHoldCount() > 1) {
            lock.unlock();
            return;
        }
        Runnable[] done = completions.isEmpty() ? null : completions.toArray(new Runnable[0]);
        completions.clear();
        lock.unlock();
        if (done != null) {
            for (Runnable completion : done) {
                completion.run();
            }
        }
    }
}
