"""What a file is: its format, its bytes unpacked, its characters; workbooks and Parquet files."""
