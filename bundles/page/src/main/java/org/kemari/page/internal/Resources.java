package org.kemari.page.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The files of the page; they are in this package and there are no others. */
final class Resources {
    private static final String INDEX = "index.html";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");
    private static final String[] FILES = {
        INDEX,
        "page.css",
        "icon.svg",
        "main.js",
        "host.js",
        "domain.js",
        "chart.js",
        "history.js",
        "operations.js",
        "server.js",
        "dom.js"
    };

    private final Map<String, Resource> byPath = new HashMap<>();

    /** One file. */
    record Resource(String type, byte[] content) {}

    Resources() {
        for (String file : FILES) {
            byPath.put("/" + file, read(file));
        }
        byPath.put("/", byPath.get("/" + INDEX));
    }

    Optional<Resource> find(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    private static Resource read(String file) {
        try (InputStream in = Resources.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the bundle has no file " + file);
            }
            return new Resource(TYPES.get(file.substring(file.lastIndexOf('.') + 1)), in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("the bundle's file " + file + " cannot be read", e);
        }
    }
}
