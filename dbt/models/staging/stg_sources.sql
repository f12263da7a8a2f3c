select
    title,
    publisher,
    publisher_class,
    published_date,
    accessed_date,
    url,
    licence,
    text_file,
    source_id
from {{ source('raw', 'sources') }}
