package org.kemari.itests.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kemari.itests.lab.Lab;

/** A document that is made from the code: it is compared with what is there, or renewed if that is asked for. */
final class Reference {
    private Reference() {}

    static void check(String name, String text) throws IOException {
        Path file = Lab.projectRoot().resolve("features").resolve(name);
        if (Boolean.getBoolean("kemari.renew")) {
            Files.writeString(file, text);
        }
        assertThat(file)
                .as("features/%s says what the code says; ./kemari reference renews it", name)
                .hasContent(text);
    }

    /** Text for a cell of a table. */
    static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
