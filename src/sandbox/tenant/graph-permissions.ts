/** A permission of Microsoft Graph: its value and its ids as an app role and as a delegated scope. */
export interface GraphPermission {
  readonly value: string
  /** The app role's id; absent when there is no application permission of this name. */
  readonly applicationId: string | undefined
  /** The delegated scope's id; absent when there is no delegated permission of this name. */
  readonly delegatedId: string | undefined
  /** Whether only an administrator may consent to the delegated scope; application permissions always need one. */
  readonly delegatedNeedsAdmin: boolean
}

/** Value, application id, delegated id, whether the delegated one needs an administrator. */
type Row = readonly [value: string, applicationId: string | undefined, delegatedId?: string, delegatedNeedsAdmin?: boolean]

/** Ids as in Microsoft's permission tables (exchange.md 5.3, 2.2); a test holds them equal. */
const rows: readonly Row[] = [
  ['AppRoleAssignment.ReadWrite.All', '06b708a9-e830-4db3-a914-8e69da51d44f', '84bccea3-f856-4a8a-967b-dbe0a3d53a64', true],
  ['Application.Read.All', '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30', 'c79f8feb-a9db-4090-85f9-90d820caa0eb', true],
  ['Application.ReadWrite.All', '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9', 'bdfbf15f-ee85-4955-8675-146e8e5296b5', true],
  ['Application.ReadWrite.OwnedBy', '18a4783c-866b-4cc7-a460-3d5e5662c884'],
  ['Calendars.Read', '798ee544-9d2d-430c-a058-570e29e34338', '465a38f9-76ea-45b9-9f34-9e8b0d4b0b42', false],
  ['Calendars.Read.Shared', undefined, '2b9c4092-424d-4249-948d-b43879977640', false],
  ['Calendars.ReadBasic', undefined, '662d75ba-a364-42ad-adee-f5f880ea4878', true],
  ['Calendars.ReadBasic.All', '8ba4a692-bc31-4128-9094-475872af8a53'],
  ['Calendars.ReadWrite', 'ef54d2bf-783f-4e0f-bca1-3210c0444d99', '1ec239c2-d7c9-4623-a91a-a9775856bb36', false],
  ['Calendars.ReadWrite.Shared', undefined, '12466101-c9b8-439a-8589-dd09ee67e8e9', false],
  ['Contacts.Read', '089fe4d0-434a-44c5-8827-41ba8a0b17f5', 'ff74d97f-43af-4b68-9f2a-b77ee6968c5d', false],
  ['Contacts.Read.Shared', undefined, '242b9d9e-ed24-4d09-9a52-f43769beb9d4', false],
  ['Contacts.ReadWrite', '6918b873-d17a-4dc1-b314-35f528134491', 'd56682ec-c09e-4743-aaf4-1a3aac4caa21', false],
  ['Contacts.ReadWrite.Shared', undefined, 'afb6c84b-06be-49af-80bb-8f3f77004eab', false],
  [
    'DelegatedPermissionGrant.ReadWrite.All',
    '8e8e4742-1d95-4f68-9d56-6ee75648c72a',
    '41ce6ca6-6826-4807-84f1-1c82854f7ee5',
    true,
  ],
  ['Directory.AccessAsUser.All', undefined, '0e263e50-5827-48a4-b97c-d940288653c7', true],
  ['Directory.Read.All', '7ab1d382-f21e-4acd-a863-ba3e13f7da61', '06da0dbc-49e2-44d2-8312-53f166ab848a', true],
  ['Directory.ReadWrite.All', '19dbc75e-c2e2-444c-a770-ec69d8559fc7', 'c5366453-9fb0-48a5-a156-24f0c49a4b84', true],
  ['Domain.Read.All', 'dbb9058a-0e50-45d7-ae91-66909b5d4664', '2f9ee017-59c1-4f1d-9472-bd5529a7b311', true],
  ['Domain.ReadWrite.All', '7e05723c-0bb0-42da-be95-ae9f08a6e53c', '0b5d694c-a244-4bde-86e6-eb5cd07730fe', true],
  ['Group.Create', 'bf7b1a76-6e77-406b-b258-bf5c7720e98f'],
  ['Group.ManageProtection.All', '60f8cea0-2476-45c9-ab18-70e79e60ad14', '36263ed6-285e-4f84-b25a-62ec2ba17d29', true],
  ['Group.Read.All', '5b567255-7703-4780-807c-7be8301ae99b', '5f8c59db-677d-491f-a6b8-5f174b11ec1d', true],
  ['Group.ReadBasic.All', '07d67222-3a10-4d3b-9ddc-b8aa43198a00', 'ba1917bc-a64b-4c71-b66d-229d4a520e66', true],
  ['Group.ReadWrite.All', '62a82d76-70ea-41e2-9197-370581804d09', '4e46008b-f24c-477d-8fff-7bb4ec7aafe0', true],
  ['GroupMember.Read.All', '98830695-27a2-44f7-8c18-0c3ebc9698f6', 'bc024368-1153-4739-b217-4326f2e966d0', true],
  ['GroupMember.ReadBasic.All', '8222c640-cae5-4860-8d11-b32cfad95e03', '28539367-358c-4ed9-b7f0-793eccb8fd34', true],
  ['GroupMember.ReadWrite.All', 'dbaae8cf-10b5-4b86-a4a1-f871c94c6695', 'f81125ac-d3b7-4573-a3b2-7099cc39df9e', true],
  ['IMAP.AccessAsUser.All', undefined, '652390e4-393a-48de-9484-05f9b1212954', false],
  ['LicenseAssignment.Read.All', 'e2f98668-2877-4f38-a2f4-8202e0717aa1', 'f395577a-0960-456b-979f-7228de0c5996', false],
  ['LicenseAssignment.ReadWrite.All', '5facf0c1-8979-4e95-abcf-ff3d079771c0', 'f55016cc-149c-447e-8f21-7cf3ec1d6350', false],
  ['Mail-Advanced.ReadWrite', undefined, 'f3af82f6-18e0-4a41-8dc8-a03c11854a8d', true],
  ['Mail-Advanced.ReadWrite.All', 'e118f1da-5c1c-46cf-bff6-8858d786f46f'],
  ['Mail-Advanced.ReadWrite.Shared', undefined, 'bebf0bb6-2ff3-4295-a17d-f3561da294fb', true],
  ['Mail.Read', '810c84a8-4a9e-49e6-bf7d-12d183f40d01', '570282fd-fa5c-430d-a7fd-fc8dc98a9dca', false],
  ['Mail.Read.Shared', undefined, '7b9103a5-4610-446b-9670-80643382c1fa', false],
  ['Mail.ReadBasic', '6be147d2-ea4f-4b5a-a3fa-3eab6f3c140a', 'a4b8392a-d8d1-4954-a029-8e668a39a170', false],
  ['Mail.ReadBasic.All', '693c5e45-0940-467d-9b8a-1022fb9d42ef'],
  ['Mail.ReadWrite', 'e2a3a72e-5f79-4c64-b1b1-878b674786c9', '024d486e-b451-40bb-833d-3e66d98c5c73', false],
  ['Mail.ReadWrite.Shared', undefined, '5df07973-7d5d-46ed-9847-1271055cbd51', false],
  ['Mail.Send', 'b633e1c5-b582-4048-a93e-9f11b44c7e96', 'e383f46e-2787-4529-855e-0e479a3ffac0', false],
  ['Mail.Send.Shared', undefined, 'a367ab51-6b49-43bf-a716-a1fb06d2a174', false],
  ['MailboxConfigItem.Read', '27d9d776-f4d2-426d-80ad-5f22f2b01b0a', 'dce2e6fc-0f4b-40da-94e2-14b4477f3d92', false],
  ['MailboxConfigItem.ReadWrite', 'aa6d92d4-b25a-4640-aefe-3e3231e5e736', '7d461784-7715-4b09-9f90-91a6d8722652', false],
  ['MailboxFolder.Read', undefined, '52dc2051-4958-4636-8f2a-281d39c6981c', false],
  ['MailboxFolder.Read.All', '99280d24-a782-4793-93cc-0888549957f6'],
  ['MailboxFolder.ReadWrite', undefined, '077fde41-7e0b-4c5b-bcd1-e9d743a30c80', false],
  ['MailboxFolder.ReadWrite.All', 'fef87b92-8391-4589-9da7-eb93dab7dc8a'],
  ['MailboxItem.Export', undefined, '58d3e7fa-3ce9-4a0c-9baa-0971f64709d9', true],
  ['MailboxItem.Export.All', '937550e9-33a3-494b-88ae-d9cd394b1fbb'],
  ['MailboxItem.ImportExport', undefined, 'df96e8a0-f4e1-4ecf-8d83-a429f822cbd6', false],
  ['MailboxItem.ImportExport.All', '76577085-e73d-4f1d-b26a-85fb33892327'],
  ['MailboxItem.Read', undefined, '82305458-296d-4edd-8b0b-74dd74c34526', false],
  ['MailboxItem.Read.All', '7d9f353d-a7bd-4fbb-822a-26d5dd39a3ce'],
  ['MailboxItem.ReadWrite', undefined, 'ec1ade38-5268-4bc8-87fa-b230e42f7a88', true],
  ['MailboxItem.ReadWrite.All', '1583d471-fede-4e7c-b062-57e9d60cfb49'],
  ['MailboxSettings.Read', '40f97065-369a-49f4-947c-6a255697ae91', '87f447af-9fa4-4c32-9dfa-4a57a73d18ce', false],
  ['MailboxSettings.ReadWrite', '6931bccd-447a-43d1-b442-00a195474933', '818c620a-27a9-40bd-a6a5-d96f7d610b4b', false],
  ['Organization.Read.All', '498476ce-e0fe-48b0-b801-37ba7e2685c6', '4908d5b9-3fb2-4b1e-9336-1888b7937185', true],
  ['Organization.ReadWrite.All', '292d869f-3427-49a8-9dab-8c70152b74e9', '46ca0847-7e6b-426e-9775-ea810a948356', true],
  ['POP.AccessAsUser.All', undefined, 'd7b7f2d9-0f45-4ea1-9d42-e50810c06991', false],
  ['ProfilePhoto.Read.All', 'e24d31aa-e1ab-4c80-85fe-23018690335d', '469cd065-729e-4dee-b1fa-d92e0fab6310', true],
  ['ProfilePhoto.ReadWrite.All', '27baa7f6-5dfb-4ba8-b1d3-1e812c143013', 'f5b24df7-511e-48bb-ae88-643f023b55e1', true],
  ['RoleManagement.Read.All', 'c7fbd983-d9aa-4fa7-84b8-17382c103bc4', '48fec646-b2ba-4019-8681-8eb31435aded', true],
  ['RoleManagement.Read.Directory', '483bed4a-2ad3-4361-a73b-c83ccdbdc53c', '741c54c3-0c1e-44a1-818b-3f97ab4e8c83', true],
  [
    'RoleManagement.ReadWrite.Directory',
    '9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8',
    'd01b97e9-cbc0-49fe-810a-750afd5527a3',
    true,
  ],
  ['SMTP.Send', undefined, '258f6531-6087-4cc4-bb90-092c5fb3ed3f', false],
  ['Tasks.Read', undefined, 'f45671fb-e0fe-4b4b-be20-3d3ce43f1bcb', false],
  ['Tasks.Read.All', 'f10e1f91-74ed-437f-a6fd-d6ae88e26c1f'],
  ['Tasks.Read.Shared', undefined, '88d21fd4-8e5a-4c32-b5e2-4a1c95f34f72', false],
  ['Tasks.ReadWrite', undefined, '2219042f-cab5-40cc-b0d2-16b1540b4c5f', false],
  ['Tasks.ReadWrite.All', '44e666d1-d276-445b-a5fc-8815eeb81d55'],
  ['Tasks.ReadWrite.Shared', undefined, 'c5ddf11b-c114-4886-8558-8a4e557cd52b', false],
  ['User-Mail.ReadWrite.All', '280d0935-0796-47d1-8d26-273470a3f17a', '6166886a-9576-433b-8544-658177bdef1d', true],
  ['User.Create', '131ccc87-9862-47a1-8701-e7a42f63ebc6', 'e0fc39a6-9789-4d47-8577-c63811c29715', true],
  ['User.DeleteRestore.All', 'eccc023d-eccf-4e7b-9683-8813ab36cecc', '4bb440cd-2cf2-4f90-8004-aa2acd2537c5', true],
  ['User.EnableDisableAccount.All', '3011c876-62b7-4ada-afa2-506cbbecc68c', 'f92e74e7-2563-467f-9dd0-902688cb5863', true],
  ['User.Export.All', '405a51b5-8d8d-430b-9842-8be4b0e9f324', '405a51b5-8d8d-430b-9842-8be4b0e9f324', true],
  ['User.Invite.All', '09850681-111b-4a89-9bed-3f2cae46d706', '63dd7cd9-b489-4adf-a28c-ac38b9a0f962', true],
  ['User.ManageIdentities.All', 'c529cfca-c91b-489c-af2b-d92990b66ce6', '637d7bec-b31e-4deb-acc9-24275642a2c9', true],
  ['User.Read', undefined, 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', false],
  ['User.Read.All', 'df021288-bdef-4463-88db-98f22de89214', 'a154be20-db9c-4678-8ab7-66f6cc099a59', true],
  ['User.ReadBasic.All', '97235f07-e226-4f63-ace3-39588e11d3a1', 'b340eb25-3456-403f-be2f-af7a0d370277', false],
  ['User.ReadUpdate.All', 'c58d0ec5-14a8-4df9-a3dd-4d587fde18d0', 'f0e73743-5699-4cb9-9ffe-d68e48294c63', true],
  ['User.ReadWrite', undefined, 'b4e74841-8e56-480b-be8b-910348b18b4c', false],
  ['User.ReadWrite.All', '741f803b-c850-494e-b5df-cde7c675a1ca', '204e0828-b5ca-4ad8-b9f3-f32a958e7cc4', true],
  ['User.RevokeSessions.All', '77f3a031-c388-4f99-b373-dc68676a979e', 'fc30e98b-8810-4501-81f5-c20a3196387b', true],
  ['email', undefined, '64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0', false],
  ['offline_access', undefined, '7427e0e9-2fba-42fe-b0c0-848c9e6a8182', false],
  ['openid', undefined, '37f7f235-527c-4136-accd-4a02d197296e', false],
  ['profile', undefined, '14dad69e-099b-42c9-810b-d002981feec1', false],
]

/** Every permission of Microsoft Graph that a migration needs, and those that a wiser administrator grants instead. */
export const graphPermissions: readonly GraphPermission[] = rows.map(toPermission)

/** Exchange Online's own permissions (exchange.md 5.3), those of its IMAP and POP among them. */
export const exchangePermissions: readonly GraphPermission[] = (
  [
    ['full_access_as_app', 'dc890d15-9560-4a4c-9b7f-a736ec74ec40'],
    ['Exchange.ManageAsApp', 'dc50a0fb-09a3-484d-be87-e023b12c6440'],
    // Assumed: the ids of the Admin API's permissions are to be looked up by value (exchange.md 5.3).
    ['Exchange.ManageAsAppV2', 'ec63bd0f-39fe-442d-bd69-5c5881078aa5'],
    ['Exchange.ManageV2', undefined, '8b8da2fc-0fce-4706-a057-1cb3faa06b0b', true],
    ['IMAP.AccessAsApp', '5e5addcd-3e8d-4e90-baf5-964efab2b20a'],
    ['POP.AccessAsApp', 'cb842b43-da6e-4506-86fe-bb12199c656d'],
    // Recalled: the resource's own delegated scopes are in no published table; clients ask for them by value.
    ['IMAP.AccessAsUser.All', undefined, '652390e4-393a-48de-9484-05f9b1212954', false],
    ['POP.AccessAsUser.All', undefined, 'd7b7f2d9-0f45-4ea1-9d42-e50810c06991', false],
    ['SMTP.Send', undefined, '258f6531-6087-4cc4-bb90-092c5fb3ed3f', false],
    ['EWS.AccessAsUser.All', undefined, '3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5', false],
    ['Exchange.Manage', undefined, 'ab4f2b77-0b06-4fc1-a9de-02113fc2ab7c', false],
  ] satisfies readonly Row[]
).map(toPermission)

function toPermission([value, applicationId, delegatedId, delegatedNeedsAdmin = true]: Row): GraphPermission {
  return { value, applicationId, delegatedId, delegatedNeedsAdmin }
}
