package io.sluice.itemservice.item;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.query.QueryLimits;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How large an item may be, and how long looking for some may take. */
@Configuration(proxyBeanMethods = false)
class ItemLimits {

    @Bean
    Limits limitsOfItems(
            UploadProperties uploads,
            StreamProperties streams,
            ExportProperties exports,
            RevisionProperties revisions,
            QueryLimits queries) {
        return Limits.of(
                Limit.bytes("item-path", ItemPath.LONGEST, "The path of an item in its dataset, in UTF-8"),
                Limit.bytes("item-name", ItemPath.LONGEST_SEGMENT, "One name in the path of an item, in UTF-8"),
                Limit.levels("item-depth", ItemPath.DEEPEST, "The names in the path of an item"),
                Limit.characters("item-description", ItemPatch.LONGEST_DESCRIPTION, "The description of an item"),
                Limit.bytes("item-metadata", ItemPatch.LARGEST_METADATA, "The metadata of an item, as it is stored"),
                Limit.bytes("item-field", UploadForm.LONGEST_FIELD, "One field of an upload that is not the file"),
                Limit.entries(
                        "item-move",
                        DatasetItemsController.MOST_MOVED,
                        "The items that one request moves to a directory"),
                Limit.entries("item-revisions", revisions.most(), "The earlier states of an item that are kept"),
                Limit.entries("collections", CollectionNames.MOST, "The collections of a dataset"),
                Limit.characters("collection-name", CollectionNames.LONGEST_NAME, "The name of a collection"),
                Limit.entries("subsets", Subsets.MOST, "The subsets that one request splits a dataset into"),
                Limit.characters("subset-name", Subsets.LONGEST_NAME, "The name of a subset"),
                Limit.entries("dataset-merge", DatasetMerge.MOST, "The datasets that one request merges"),
                Limit.entries(
                        "dataset-schema", DatasetSchema.MOST_FIELDS, "The paths that a schema of metadata tells of"),
                Limit.entries("unsearchable-paths", UnsearchablePaths.MOST, "The unsearchable paths of a dataset"),
                Limit.characters("unsearchable-path", UnsearchablePaths.LONGEST, "One unsearchable path"),
                Limit.entries("dataset-upkeep", WorkOnDatasets.MOST, "The datasets that one request counts or cleans"),
                Limit.time("item-query-time", queries.time(), "How long the database may look for items"),
                Limit.time(
                        "item-upload-silence",
                        uploads.longestSilence(),
                        "How long nothing may come of an upload before it is given up"),
                Limit.time(
                        "item-stream-silence",
                        streams.longestSilence(),
                        "How long a client may take nothing of an answer with all items before it is cut off"),
                Limit.time("item-export-kept", exports.kept(), "How long the files of an export are there"),
                Limit.entries("item-export-zip", exports.mostInZip(), "The items of an export as ZIP"),
                Limit.entries("item-export-parts", ExportController.MOST_PARTS, "The parts of an export in parts"));
    }
}
