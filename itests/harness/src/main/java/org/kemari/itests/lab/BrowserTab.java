package org.kemari.itests.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** One tab of a {@link Browser}: what is in it is looked at with JavaScript, and keys and clicks are real ones. */
public final class BrowserTab implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final AtomicInteger ids = new AtomicInteger();
    private WebSocket socket;

    private BrowserTab() {}

    static BrowserTab connect(HttpClient http, URI tools, String address) {
        BrowserTab tab = new BrowserTab();
        tab.socket =
                http.newWebSocketBuilder().buildAsync(tools, tab.new Listener()).join();
        for (String domain : List.of("Page", "Runtime", "Log")) {
            tab.tell(domain + ".enable", Map.of());
        }
        tab.tell("Network.clearBrowserCookies", Map.of());
        tab.tell("Page.navigate", Map.of("url", address));
        return tab;
    }

    /** Sends one message of the protocol, and returns the answer. */
    public JsonNode tell(String method, Map<String, Object> parameters) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        asked.put(id, answer);
        try {
            socket.sendText(JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true)
                    .join();
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(method + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The value of an expression, once it is there if it is a promise. */
    public JsonNode evaluate(String expression) {
        JsonNode answer =
                tell("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.get("result").path("value");
    }

    /** Whether there is an element that can be seen. */
    public boolean shows(String selector) {
        return evaluate("document.querySelector(" + quoted(selector) + ")?.checkVisibility() ?? false")
                .asBoolean();
    }

    /** The text of an element, as it is seen; empty if there is none. */
    public String text(String selector) {
        return evaluate("document.querySelector(" + quoted(selector) + ")?.innerText ?? ''")
                .asText();
    }

    /** Waits until something is true in the page. */
    public void await(String what, Duration patience, String expression) throws TimeoutException {
        try {
            Await.until(what, patience, () -> evaluate(expression).asBoolean());
        } catch (TimeoutException e) {
            throw new TimeoutException(e.getMessage() + "; the page says: " + text("body") + complaints);
        }
    }

    /** Waits until an element can be seen. */
    public void awaitShown(String selector, Duration patience) throws TimeoutException {
        await(
                "the page shows " + selector,
                patience,
                "document.querySelector(" + quoted(selector) + ")?.checkVisibility() ?? false");
    }

    /** Clicks on an element with the mouse, where it is. */
    public void click(String selector) {
        JsonNode at = evaluate("(() => { const e = document.querySelector(" + quoted(selector)
                + "); e.scrollIntoView({block: 'center', behavior: 'instant'}); const r = e.getBoundingClientRect();"
                + " return [r.x + r.width / 2, r.y + r.height / 2]; })()");
        for (String type : List.of("mousePressed", "mouseReleased")) {
            tell(
                    "Input.dispatchMouseEvent",
                    Map.of(
                            "type",
                            type,
                            "x",
                            at.get(0).asDouble(),
                            "y",
                            at.get(1).asDouble(),
                            "button",
                            "left",
                            "clickCount",
                            1));
        }
    }

    /** Types into whatever has the focus. */
    public void type(String text) {
        tell("Input.insertText", Map.of("text", text));
    }

    /** Presses a key that is no letter: Tab or Enter. */
    public void press(String key) {
        int code = key.equals("Tab") ? 9 : 13;
        String text = key.equals("Tab") ? "\t" : "\r";
        tell(
                "Input.dispatchKeyEvent",
                Map.of("type", "keyDown", "key", key, "code", key, "windowsVirtualKeyCode", code, "text", text));
        tell("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", key, "windowsVirtualKeyCode", code));
    }

    /** What the page has complained about: errors of scripts, and what its policy has forbidden. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** A picture of what can be seen, as PNG. */
    public byte[] picture() {
        return Base64.getDecoder()
                .decode(tell("Page.captureScreenshot", Map.of("format", "png"))
                        .get("data")
                        .asText());
    }

    @Override
    public void close() {
        tell("Page.close", Map.of());
        socket.abort();
    }

    private static String quoted(String text) {
        try {
            return JSON.writeValueAsString(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                String whole = message.toString();
                message.setLength(0);
                try {
                    take(JSON.readTree(whole));
                } catch (IOException e) {
                    complaints.add("not understood: " + e);
                }
            }
            webSocket.request(1);
            return CompletableFuture.completedStage(null);
        }

        private void take(JsonNode node) {
            CompletableFuture<JsonNode> answer = asked.remove(node.path("id").asInt());
            if (answer != null && node.has("error")) {
                answer.completeExceptionally(
                        new IllegalStateException(node.get("error").toString()));
            } else if (answer != null) {
                answer.complete(node.get("result"));
            } else if (node.path("method").asText().equals("Runtime.exceptionThrown")) {
                complaints.add(node.path("params").toString());
            } else if (node.path("method").asText().equals("Log.entryAdded")
                    && !node.at("/params/entry/source").asText().equals("network")) {
                complaints.add(node.at("/params/entry").toString());
            }
        }
    }
}
