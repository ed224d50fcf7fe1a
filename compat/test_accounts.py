"""API keys and bots, with the SDK as it is: made, used, narrowed, taken back."""

import time
from types import SimpleNamespace

import dtlpy
import pytest

import sdk
import wire
from platforms import Platform

# A credential that ends is out everywhere within five seconds; the rest is for a slow machine.
SOON = 8


@pytest.fixture(scope="module")
def accounts(platform: Platform) -> SimpleNamespace:
    """A user who has signed in and owns two projects."""
    user = sdk.new_user(platform, "ann")
    dl = sdk.sign_in(platform, user)
    projects = [dl.projects.create(sdk.unique(name)) for name in ("inside", "outside")]
    return SimpleNamespace(platform=platform, user=user, dl=dl, inside=projects[0], outside=projects[1])


def as_key(accounts: SimpleNamespace, key: str):
    """The SDK, signed in by a key."""
    dl = sdk.Dtlpy(cookie_filepath=sdk.fresh_cookie())
    sdk.quiet(dl)
    sdk.point(dl, accounts.platform)
    dl.client_api.login_api_key(api_key=key)
    return dl


def is_soon_out(platform: Platform, token: str) -> bool:
    deadline = time.monotonic() + SOON
    with wire.client(platform.api, token) as api:
        while time.monotonic() < deadline:
            if api.get("/users/me").status_code == 401:
                return True
            time.sleep(0.25)
    return False


def test_makes_a_key_and_signs_in_by_it(accounts):
    key = accounts.dl.client_api.generate_api_key(description="night shift")

    machine = as_key(accounts, key)

    assert machine.client_api.info()["user_email"] == accounts.user.email
    assert accounts.inside.id in [project.id for project in machine.projects.list()]


def test_a_revoked_key_is_soon_out(accounts):
    key = accounts.dl.client_api.generate_api_key(description="short")
    with wire.client(accounts.platform.api, sdk.token(accounts.platform, accounts.user)) as api:
        made = {listed["description"]: listed["id"] for listed in api.get("/apiKeys").json()}

        assert api.delete(f"/apiKeys/{made['short']}").status_code == 204

    assert is_soon_out(accounts.platform, key)


def test_a_narrowed_key_does_what_it_was_left(accounts):
    with wire.client(accounts.platform.api, sdk.token(accounts.platform, accounts.user)) as api:
        wanted = {"scopes": ["projects:read", "datasets:read"], "projects": [accounts.inside.id]}
        key = api.post("/apiKeys", json=wanted).raise_for_status().json()["jwt"]

    machine = as_key(accounts, key)

    assert [project.id for project in machine.projects.list()] == [accounts.inside.id]
    with pytest.raises(sdk.NotFound):
        machine.projects.get(project_id=accounts.outside.id)
    with pytest.raises(sdk.Forbidden):
        machine.projects.get(project_id=accounts.inside.id).datasets.create(sdk.unique("dataset"))


def test_a_bot_signs_in_and_works_in_its_project(accounts):
    with wire.client(accounts.platform.api, sdk.token(accounts.platform, accounts.user)) as api:
        bot = api.post(f"/projects/{accounts.inside.id}/bots", json={"name": "robot"}).raise_for_status().json()

        machine = sdk.sign_in(accounts.platform, sdk.User(bot["email"], bot["secret"]))

        assert [found.email for found in accounts.inside.bots.list()] == [bot["email"]]
        assert accounts.inside.bots.get(bot_id=bot["id"]).email == bot["email"]
        dataset = machine.projects.get(project_id=accounts.inside.id).datasets.create(sdk.unique("by a bot"))
        assert [project.id for project in machine.projects.list()] == [accounts.inside.id]
        token = machine.client_api.token

        assert accounts.inside.bots.delete(bot_id=bot["id"])

        assert is_soon_out(accounts.platform, token)
        assert bot["email"] not in [member.email for member in accounts.inside.list_members()]
        assert accounts.inside.datasets.get(dataset_id=dataset.id).creator == bot["email"]


def test_a_deleted_user_is_soon_out_and_what_they_made_stays(accounts):
    guest = sdk.new_user(accounts.platform, "bob")
    accounts.inside.add_member(guest.email, role=dtlpy.MemberRole.DEVELOPER)
    token = sdk.token(accounts.platform, guest)
    with wire.client(accounts.platform.api, token) as api:
        made = api.post("/datasets", json={"name": sdk.unique("bob's"), "projects": [accounts.inside.id]})
        dataset = made.raise_for_status().json()["id"]
    administrator = sdk.token(accounts.platform, sdk.administrator(accounts.platform))
    with wire.client(accounts.platform.api, administrator) as api:
        assert api.delete(f"/users/{guest.email}").status_code == 204

    assert is_soon_out(accounts.platform, token)
    assert guest.email not in [member.email for member in accounts.inside.list_members()]
    assert accounts.inside.datasets.get(dataset_id=dataset).creator == guest.email


def test_an_organization_has_members_groups_and_projects(accounts):
    guest = sdk.new_user(accounts.platform, "carol")
    name = sdk.unique("Guild")
    with wire.client(accounts.platform.api, sdk.token(accounts.platform, accounts.user)) as api:
        made = api.post("/orgs", json={"name": name}).raise_for_status().json()
        organizations = accounts.dl.organizations

        assert made["id"] in [listed.id for listed in organizations.list()]
        organization = organizations.get(organization_name=name)
        assert organization.id == made["id"]
        assert organizations.add_member(guest.email, role=dtlpy.MemberOrgRole.MEMBER, organization=organization)
        assert organizations.update_member(guest.email, role=dtlpy.MemberOrgRole.WORKER, organization=organization)
        members = {member.email: member.role for member in organizations.list_members(organization=organization)}
        assert members == {accounts.user.email: "owner", guest.email: "worker"}

        group = api.post("/groups", json={"name": "painters", "orgId": made["id"]}).raise_for_status().json()
        assert api.post(f"/groups/{group['id']}/members", json={"user_id": guest.email}).is_success
        assert [listed["name"] for listed in organizations.list_groups(organization=organization)] == ["painters"]
        moved = api.patch(f"/projects/{accounts.outside.id}/org", json={"org_id": made["id"]})
        assert moved.is_success, moved.text
        assert [project.id for project in organization.projects.list()] == [accounts.outside.id]

        assert organizations.delete_member(guest.email, organization=organization, sure=True, really=True)
        assert [member.email for member in organizations.list_members(organization=organization)] == [
            accounts.user.email
        ]
