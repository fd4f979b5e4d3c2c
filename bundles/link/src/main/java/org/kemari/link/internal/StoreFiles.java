package org.kemari.link.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** Whether files have changed. */
final class StoreFiles {
    private StoreFiles() {}

    /** Differs from an earlier one if a file has come, gone, been replaced or been written to. */
    static String fingerprint(List<Path> files) {
        StringBuilder all = new StringBuilder();
        for (Path file : files) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                all.append(attributes.lastModifiedTime().toInstant())
                        .append(' ')
                        .append(attributes.size())
                        .append(' ')
                        .append(attributes.fileKey());
            } catch (IOException e) {
                all.append("none");
            }
            all.append('\n');
        }
        return all.toString();
    }
}
