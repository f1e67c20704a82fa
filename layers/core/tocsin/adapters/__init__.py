"""The vendors: one package per outside thing, the only home of boto3, botocore and PynamoDB."""
