#!/usr/bin/env python3
"""Makes the authorization details of a made-up AWS account, in pages as the command line writes them with --max-items.

    benches/account.py FOLDER [USERS ROLES POLICIES]      default 100000 20000 30000

Scan it with `sidedoor scan FOLDER -f json > /dev/null`. One user in a hundred resets passwords, one role in five hundred is an
administrator; the rest reads. Everything follows from the numbers, so two runs make the same bytes.
"""
import json
import os
import sys

ACCOUNT = "204417330912"
PAGE = 20000


def document(n: int) -> dict:
    actions = ["s3:GetObject", "dynamodb:GetItem", "logs:PutLogEvents", "sqs:SendMessage", "kms:Decrypt"]
    statement = {"Effect": "Allow", "Action": [actions[(n + i) % 5] for i in range(3)], "Resource": f"arn:aws:s3:::bucket-{n}/*"}
    if n % 100 == 7:
        statement = {"Effect": "Allow", "Action": ["iam:UpdateLoginProfile", "iam:DeactivateMFADevice"], "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement, {"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"}]}


def attached(n: int) -> list:
    return [{"PolicyName": f"policy-{n}", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/policy-{n}"}]


def user(n: int, policies: int) -> dict:
    return {"Path": "/", "UserName": f"user-{n}", "UserId": f"AIDA{n:016d}", "Arn": f"arn:aws:iam::{ACCOUNT}:user/user-{n}",
            "CreateDate": "2025-03-01T08:00:00+00:00", "GroupList": [], "AttachedManagedPolicies": attached(n % policies), "Tags": []}


def role(n: int, policies: int) -> dict:
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    admin = [{"PolicyName": "AdministratorAccess", "PolicyArn": arn}] if n % 500 == 3 else attached((n * 7) % policies)
    return {"Path": "/", "RoleName": f"role-{n}", "RoleId": f"AROA{n:016d}", "Arn": f"arn:aws:iam::{ACCOUNT}:role/role-{n}",
            "CreateDate": "2025-03-01T08:00:00+00:00", "AssumeRolePolicyDocument": trust, "InstanceProfileList": [], "RolePolicyList": [],
            "AttachedManagedPolicies": admin, "Tags": []}


def policy(n: int) -> dict:
    return {"PolicyName": f"policy-{n}", "PolicyId": f"ANPA{n:016d}", "Arn": f"arn:aws:iam::{ACCOUNT}:policy/policy-{n}", "Path": "/",
            "DefaultVersionId": "v1", "AttachmentCount": 1, "PolicyVersionList": [
                {"VersionId": "v1", "IsDefaultVersion": True, "CreateDate": "2025-03-01T08:00:00+00:00", "Document": document(n)}]}


def main() -> None:
    folder = sys.argv[1]
    users, roles, policies = (int(n) for n in sys.argv[2:5]) if len(sys.argv) > 4 else (100_000, 20_000, 30_000)
    os.makedirs(folder, exist_ok=True)
    lists = [("UserDetailList", users, lambda n: user(n, policies)), ("RoleDetailList", roles, lambda n: role(n, policies)), ("Policies", policies, policy)]
    number = 0
    for key, count, make in lists:
        for start in range(0, count, PAGE):
            page = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
            page[key] = [make(n) for n in range(start, min(count, start + PAGE))]
            with open(os.path.join(folder, f"page-{number:03d}.json"), "w", encoding="utf-8") as file:
                json.dump(page, file, indent=1)
            number += 1


main()
